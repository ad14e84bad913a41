import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 as Ajv, type AnySchemaObject } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const folder = fileURLToPath(new URL("../../packages/cli/schemas/", import.meta.url));
const ajv = new Ajv({ strictTypes: false });
formats.default(ajv);

/**
 * Holds what a command printed with `--json` against the command's schema, by which nothing may be there that it does not name.
 * @returns what is wrong, or undefined
 */
export function faultOfShape(words: readonly string[], stdout: string): string | undefined {
  const command = words.findIndex((word) => existsSync(fileOf(word)));
  if (command === -1) return `${words.join(" ")} names no command that has a schema`;
  const name = schemaNameOf(words.slice(command));
  const validate = ajv.getSchema(name) ?? ajv.compile({ ...closed(readSchema(name)), $id: name });
  if (validate(JSON.parse(stdout))) return undefined;
  return `${words.join(" ")} has not the shape of ${name}: ${ajv.errorsText(validate.errors, { dataVar: "" })}`;
}

/** Options with which a command prints something else. */
const OTHER_SHAPES: Readonly<Record<string, readonly string[]>> = {
  build: ["--plan", "--no-follow"],
  report: ["--html", "--share"],
  retry: ["--plan", "--no-follow"],
  status: ["--list", "--serve"],
};

function schemaNameOf(words: readonly string[]): string {
  const [command = "", ...others] = words;
  const option = OTHER_SHAPES[command]?.find((each) => words.includes(each));
  const isAboutOne = command === "help" && others.some((word) => /^[a-z]/.test(word));
  return `${command}${option?.replace(/^-/, "") ?? (isAboutOne ? "-command" : "")}`;
}

const fileOf = (name: string): string => `${folder}${name}.schema.json`;

const readSchema = (name: string): AnySchemaObject => JSON.parse(readFileSync(fileOf(name), "utf8"));

/**
 * Readers take fields that they do not know, so that there may be more of them one day; here a field that no schema names is a fault. That is asked
 * where a value stands, and not where a type is defined: it may be one of several that a value has at once.
 */
function closed(value: AnySchemaObject): AnySchemaObject {
  // A map, or an object of which nothing is promised.
  const isOpen = value.type === "object" && value.properties === undefined;
  return isOpen ? closedWithin(value) : { ...closedWithin(value), unevaluatedProperties: false };
}

function closedWithin(schema: AnySchemaObject): AnySchemaObject {
  const each = (schemas: Record<string, AnySchemaObject>, close: typeof closed) =>
    Object.fromEntries(Object.entries(schemas).map(([name, part]) => [name, close(part)]));
  const { properties, $defs, items, anyOf, allOf, additionalProperties: others } = schema;
  return {
    ...schema,
    ...(properties && { properties: each(properties, closed) }),
    ...($defs && { $defs: each($defs, closedWithin) }),
    ...(items && { items: closed(items) }),
    ...(anyOf && { anyOf: anyOf.map(closedWithin) }),
    ...(allOf && { allOf: allOf.map(closedWithin) }),
    ...(typeof others === "object" && { additionalProperties: closed(others) }),
  };
}
