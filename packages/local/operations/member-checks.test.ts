import { describe, expect, test } from "vitest";
import type { AwsError } from "../src/aws-error.ts";
import { modelOperations, shapeOf } from "../src/testing/api-model.ts";
import { apiOf } from "./all-operations.ts";
import { spell } from "./render-api-model.ts";
import { elementOf, type FieldPath, fieldPaths, inputWith, memberOf, onWire } from "./request-example.ts";
import { SDK_CLIENTS } from "./sdk-clients.ts";

type Container = Record<string, unknown>;

/** The structure that a path leads to, through the first element of lists and any of maps. */
function holderOf(input: unknown, names: readonly string[]): Container {
  const structure = unwrap(input);
  const [name, ...rest] = names;
  return name === undefined ? structure : holderOf(structure[name], rest);
}

function unwrap(value: unknown): Container {
  if (Array.isArray(value)) return unwrap(value[0]);
  return value as Container;
}

describe.each(SDK_CLIENTS)("$file", (sdk) => {
  const { spelling } = sdk;
  const api = apiOf(sdk.scope);
  const codeOf = (operation: string, input: unknown): string => {
    try {
      api.check(operation, input);
      return "taken";
    } catch (error) {
      return `${(error as AwsError).code}: ${(error as Error).message}`;
    }
  };
  /** Each member that is taken, with a request that holds it and what must be there. */
  const requests = modelOperations(sdk.client).flatMap((operation) => {
    const expectation = api.expectations.get(operation.name);
    if (expectation === undefined) return [];
    return fieldPaths(operation.input).flatMap((path) => {
      const names = path.map((field) => spell(field, spelling));
      const member = names.reduce(memberOf, expectation);
      if (member === undefined || member.is === "refused") return [];
      const wanted = { schema: operation.input, expectation, path, value: undefined };
      const input = onWire(operation.input, inputWith(wanted, spelling), spelling);
      return [{ operation: operation.name, path, names, input, member: elementOf(member) }];
    });
  });
  const last = (path: FieldPath) => path[path.length - 1] as FieldPath[number];
  const wrongOf = (list: readonly (string | false)[]) => list.filter((line) => line !== false);

  test("every member that works or makes no difference is taken", () => {
    const refused = requests.map(({ operation, names, input }) => {
      const code = codeOf(operation, input);
      return code !== "taken" && `${operation} ${names.join(".")}: ${code}`;
    });
    expect(wrongOf(refused)).toEqual([]);
    expect(requests.length).toBeGreaterThan(0);
  });

  test("a member of another type is refused by its name", () => {
    const taken = requests.map(({ operation, path, names, input }) => {
      const shape = shapeOf(last(path).schema);
      const isText = spelling !== "json";
      // In a form everything is text: only numbers, switches and times can be written wrongly.
      if (shape.is === "scalar" && isText && !["number", "boolean", "timestamp"].includes(shape.scalar)) return false;
      const changed = structuredClone(input);
      const name = names[names.length - 1] as string;
      holderOf(changed, names.slice(0, -1))[name] = shape.is === "scalar" && !isText ? {} : "wrong";
      const code = codeOf(operation, changed);
      const isRefused =
        /^(SerializationException|InvalidParameterValue|InvalidParameterValueException|InvalidArgument): /;
      return !(isRefused.test(code) && code.includes(name)) && `${operation} ${names.join(".")}: ${code}`;
    });
    expect(wrongOf(taken)).toEqual([]);
  });

  test("a member that must be there is missed by its name", () => {
    const taken = requests.map(({ operation, path, names, input }) => {
      if (!last(path).isRequired) return false;
      const changed = structuredClone(input);
      const name = names[names.length - 1] as string;
      delete holderOf(changed, names.slice(0, -1))[name];
      const code = codeOf(operation, changed);
      return (code === "taken" || !code.includes(name)) && `${operation} ${names.join(".")}: ${code}`;
    });
    expect(wrongOf(taken)).toEqual([]);
  });

  test("a member that no model has is refused by its name, wherever it is", () => {
    const taken = requests.map(({ operation, path, names, input, member }) => {
      const changed = structuredClone(input);
      const at = member.is === "structure" ? names : names.slice(0, -1);
      if (member.is === "structure" && shapeOf(last(path).schema).is === "map") return false;
      holderOf(changed, at).Coffee = "black";
      const code = codeOf(operation, changed);
      return !code.includes("Coffee") && `${operation} ${at.join(".")}: ${code}`;
    });
    expect(wrongOf(taken)).toEqual([]);
  });
});
