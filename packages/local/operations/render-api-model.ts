import { type Field, type ModelOperation, modelOperations, shapeOf } from "../src/testing/api-model.ts";
import type { SdkClient } from "./sdk-clients.ts";

/** The file that `src/protocol/api-model.ts` reads: all operations, and the inputs of those that work. */
export function renderApiModel({ client, spelling, members, file }: SdkClient): string {
  const operations = modelOperations(client).sort((a, b) => (a.name < b.name ? -1 : 1));
  const structures = new Map<string, string>();
  for (const { name, input } of operations.filter((operation) => Object.hasOwn(members, operation.name)))
    addStructure(structures, spelling, { name, schema: input });
  return `import { apiModel } from "../protocol/api-model.ts";

/** Written by \`pnpm --filter local api-models\` from the model in the SDK's client. */
export const ${modelName(file)} = apiModel({
  operations: \`
${spelling === "rest" ? operations.map(renderRoute).join("\n") : wrap(operations.map(({ name }) => name))}
\`,
  structures: \`
${[...structures.values()].join("\n")}
\`,
});
`;
}

export const modelName = (file: string): string =>
  `${file.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())}Model`;

function renderRoute({ name, http }: ModelOperation): string {
  if (http === undefined) throw new TypeError(`${name} has no address`);
  return `${name} ${http.method} ${http.path}`;
}

type Spelling = SdkClient["spelling"];

/** An operation's own input goes by the operation's name: clients call it Input or Request, as they like. */
function addStructure(
  structures: Map<string, string>,
  spelling: Spelling,
  { name, schema }: { readonly name: string; readonly schema: unknown },
): void {
  if (structures.has(name)) return;
  const shape = shapeOf(schema);
  structures.set(name, "");
  const fields = shape.is === "structure" || shape.is === "union" ? shape.fields : [];
  const members = fields.map((field) => renderField(structures, spelling, field));
  structures.set(name, wrap([`${name}:`, ...members], "  "));
}

function renderField(structures: Map<string, string>, spelling: Spelling, field: Field): string {
  const type = renderType(structures, spelling, field.schema);
  const required = field.isRequired ? "!" : "";
  return `${spell(field, spelling)}${required}${type === "string" ? "" : `:${type}`}${renderPlace(field)}`;
}

function renderType(structures: Map<string, string>, spelling: Spelling, schema: unknown): string {
  const shape = shapeOf(schema);
  switch (shape.is) {
    case "list": {
      const element = spelling === "rest" ? shape.elementName : "";
      return `${renderType(structures, spelling, shape.of)}[${element}]`;
    }
    case "map":
      return `${renderType(structures, spelling, shape.of)}{}`;
    case "scalar":
      return shape.scalar;
    default:
      addStructure(structures, spelling, { name: shape.name, schema });
      return shape.name;
  }
}

/** As it is put on the wire. @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#query-key-resolution */
export function spell({ name, traits }: Pick<Field, "name" | "traits">, spelling: Spelling): string {
  if (spelling !== "ec2") return name;
  const xmlName = traits.xmlName === undefined ? name : String(traits.xmlName);
  return String(traits.ec2QueryName ?? xmlName.charAt(0).toUpperCase() + xmlName.slice(1));
}

function renderPlace({ name, traits }: Field): string {
  if (traits.httpLabel !== undefined) return "@path";
  if (traits.httpQuery !== undefined) return `@query=${traits.httpQuery}`;
  if (traits.httpHeader !== undefined) return `@header=${String(traits.httpHeader).toLowerCase()}`;
  return traits.httpPayload === undefined ? "" : `@body=${traits.xmlName ?? name}`;
}

/** As every page of this repository wraps. */
const COLUMNS = 120;

function wrap(words: readonly string[], indent = ""): string {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length > COLUMNS) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join("\n");
}
