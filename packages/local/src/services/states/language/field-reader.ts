import type { Evaluate } from "./intrinsic.ts";
import { isArray, isObject, type Json, type JsonObject, member, numberOf } from "./json.ts";
import type { Path } from "./json-path.ts";
import { compilePath } from "./path.ts";
import { compileTemplate, TemplateError } from "./payload-template.ts";
import { compileReferencePath, type ReferencePath } from "./reference-path.ts";

/** One broken rule of a definition, as ValidateStateMachineDefinition reports it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Where: `/States/Build/Retry/0/ErrorEquals`. */
  readonly location: string;
}

/** Reads the fields of one object of a definition and notes every problem it meets, so that all are reported at once. */
export interface FieldReader {
  readonly location: string;
  readonly problems: Problem[];
  has(field: string): boolean;
  raw(field: string): Json | undefined;
  string(field: string): string | undefined;
  boolean(field: string): boolean | undefined;
  number(field: string, rule: { least: number; most?: number; integer?: boolean }): number | undefined;
  /** Undefined when the field is absent or `$`; null when it is null. */
  path(field: string): Path | null | undefined;
  /** A path that null may not replace. */
  requiredPath(field: string): Path | undefined;
  referencePath(field: string): ReferencePath | null | undefined;
  template(field: string): Evaluate | undefined;
  objects(field: string): readonly FieldReader[];
  object(field: string): FieldReader | undefined;
  atMostOne(...fields: readonly string[]): void;
  problem(field: string, message: string, code?: string): void;
  /** Reports the fields nobody asked for. */
  finish(what: string): void;
}

export const SCHEMA_VALIDATION_FAILED = "SCHEMA_VALIDATION_FAILED";

export function fieldReader(fields: JsonObject, location: string, problems: Problem[]): FieldReader {
  const asked = new Set<string>(["Comment"]);
  const read = (field: string): Json | undefined => {
    asked.add(field);
    return member(fields, field);
  };
  const problem = (field: string, message: string, code = SCHEMA_VALIDATION_FAILED) => {
    problems.push({ code, message, location: field === "" ? location : `${location}/${field}` });
  };
  const expected = (field: string, what: string) => {
    problem(field, `The value for the field '${field}' must be ${what}`);
    return undefined;
  };
  const attempt = <T>(field: string, compile: () => T): T | undefined => {
    try {
      return compile();
    } catch (error) {
      if (error instanceof TemplateError)
        problem(`${field}${error.location}`, `The value for the field '${field}${error.location}' ${error.message}`);
      else if (error instanceof SyntaxError) expected(field, `a valid JSONPath: ${error.message}`);
      else throw error;
      return undefined;
    }
  };
  const path = (field: string, value: Json | undefined): Path | undefined => {
    if (typeof value !== "string" || !value.startsWith("$")) return expected(field, "a JSONPath that starts with $");
    return attempt(field, () => compilePath(value));
  };

  return {
    location,
    problems,
    has: (field) => read(field) !== undefined,
    raw: read,
    string(field) {
      const value = read(field);
      return value === undefined || typeof value === "string" ? value : expected(field, "a string");
    },
    boolean(field) {
      const value = read(field);
      return value === undefined || typeof value === "boolean" ? value : expected(field, "true or false");
    },
    number(field, { least, most = Number.POSITIVE_INFINITY, integer = true }) {
      const value = read(field);
      if (value === undefined) return undefined;
      const number = numberOf(value) ?? Number.NaN;
      const valid = number >= least && number <= most && (!integer || Number.isInteger(number));
      const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
      return valid ? number : expected(field, `${integer ? "an integer" : "a number"} ${range}`);
    },
    path(field) {
      const value = read(field);
      return value === undefined || value === "$" ? undefined : value === null ? null : path(field, value);
    },
    requiredPath: (field) => path(field, read(field)),
    referencePath(field) {
      const value = read(field);
      if (value === undefined || value === null) return value;
      if (typeof value !== "string") return expected(field, "a reference path or null");
      return attempt(field, () => compileReferencePath(value));
    },
    template(field) {
      const value = read(field);
      if (value === undefined) return undefined;
      return attempt(field, () => compileTemplate(value));
    },
    objects(field) {
      const value = read(field);
      if (value === undefined) return [];
      if (!isArray(value) || !value.every(isObject)) return expected(field, "an array of objects") ?? [];
      return value.map((item, index) => fieldReader(item, `${location}/${field}/${index}`, problems));
    },
    object(field) {
      const value = read(field);
      if (value === undefined) return undefined;
      return isObject(value) ? fieldReader(value, `${location}/${field}`, problems) : expected(field, "an object");
    },
    atMostOne(...names) {
      const present = names.filter((name) => member(fields, name) !== undefined);
      if (present.length > 1)
        problem("", `Only one of the fields ${present.map((name) => `'${name}'`).join(" and ")} may be given`);
    },
    problem,
    finish(what) {
      for (const field of Object.keys(fields)) {
        if (!asked.has(field)) problem(field, `The field '${field}' is not supported by ${what}`);
      }
    },
  };
}
