import type { Expectation, MemberRule } from "../src/protocol/member-rules.ts";
import { exampleOf, type Field, scalarExample, shapeOf } from "../src/testing/api-model.ts";
import { spell } from "./render-api-model.ts";
import type { SdkClient } from "./sdk-clients.ts";

/** A member on its way through structures, lists and maps. */
export type FieldPath = readonly Field[];

/** Every member of an operation's input, those of nested structures too; a structure within itself ends. */
export function fieldPaths(schema: unknown, before: FieldPath = [], within: readonly string[] = []): FieldPath[] {
  const shape = shapeOf(schema);
  switch (shape.is) {
    case "list":
    case "map":
      return fieldPaths(shape.of, before, within);
    case "scalar":
      return [];
    default:
      if (within.includes(shape.name)) return [];
      return shape.fields.flatMap((field) => {
        const path = [...before, field];
        return [path, ...fieldPaths(field.schema, path, [...within, shape.name])];
      });
  }
}

export interface Wanted {
  readonly schema: unknown;
  readonly expectation: Expectation | undefined;
  /** Members to give, beside those that must be there. */
  readonly path: FieldPath;
  /** The value at its end. */
  readonly value: unknown;
}

/** An input of the client's that holds all that must be there, and one member more. */
export function inputWith({ schema, expectation, path, value }: Wanted, spelling: SdkClient["spelling"]): unknown {
  if (path.length === 0 && value !== undefined) return value;
  const shape = shapeOf(schema);
  const inner = (of: unknown) =>
    inputWith({ schema: of, expectation: expectation && elementOf(expectation), path, value }, spelling);
  switch (shape.is) {
    case "list":
      return [inner(shape.of)];
    case "map":
      return { a: inner(shape.of) };
    case "scalar":
      return acceptable(expectation, shape.scalar);
    case "union":
    case "structure": {
      const [next, ...rest] = path;
      const chosen = shape.fields.filter(({ name, isRequired }) => isRequired || name === next?.name);
      return Object.fromEntries(
        chosen.map((field) => {
          const member = memberOf(expectation, spell(field, spelling));
          const isNext = field.name === next?.name;
          const wanted = {
            schema: field.schema,
            expectation: member,
            path: isNext ? rest : [],
            value: isNext ? value : undefined,
          };
          return [field.name, inputWith(wanted, spelling)];
        }),
      );
    }
  }
}

export function memberOf(expectation: Expectation | undefined, name: string): Expectation | undefined {
  const structure = expectation && elementOf(expectation);
  return structure?.is === "structure" ? structure.members.get(name) : undefined;
}

/** What a list or a map holds. */
export function elementOf(expectation: Expectation): Expectation {
  return expectation.is === "list" || expectation.is === "map" ? elementOf(expectation.of) : expectation;
}

function acceptable(expectation: Expectation | undefined, scalar: string): unknown {
  if (expectation?.is !== "scalar" || expectation.rule.does !== "works") return scalarExample(scalar);
  const { only, values, whole } = expectation.rule;
  const taken = only?.[0] ?? values?.[0];
  if (taken !== undefined) return scalar === "boolean" ? taken === "true" : taken;
  return whole?.[1] ?? scalarExample(scalar);
}

/** A value that a rule with `only` does not take. */
export function unacceptable(
  { only = [], values = [] }: Extract<MemberRule, { does: "works" }>,
  schema: unknown,
): unknown {
  const example = exampleOf(schema);
  if (typeof example === "boolean") return !only.includes("true");
  return values.find((value) => !only.includes(value)) ?? example;
}

/** A client's input as it reaches the check: names as they are spelled, values as they travel. */
export function onWire(schema: unknown, value: unknown, spelling: SdkClient["spelling"]): unknown {
  const shape = shapeOf(schema);
  switch (shape.is) {
    case "list":
      return (value as unknown[]).map((element) => onWire(shape.of, element, spelling));
    case "map":
      return Object.fromEntries(
        Object.entries(value as object).map(([key, element]) => [key, onWire(shape.of, element, spelling)]),
      );
    case "scalar":
      if (value instanceof Date) return spelling === "json" ? value.getTime() / 1000 : value.toISOString();
      return spelling === "json" && !Buffer.isBuffer(value) ? value : String(value);
    default: {
      const given = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        shape.fields
          .filter(({ name }) => given[name] !== undefined)
          .map((field) => [spell(field, spelling), onWire(field.schema, given[field.name], spelling)]),
      );
    }
  }
}
