import type { Scalar } from "./api-model.ts";
import type { Expectation, MemberRule } from "./member-rules.ts";

/** Why a request is refused. `path` has the places of list elements, from 0, and the keys of maps among the names. */
export type Problem = { readonly path: readonly (string | number)[] } & (
  | { readonly kind: "unknown" | "missing" }
  | { readonly kind: "refused"; readonly code: string | undefined; readonly except: string; readonly value: unknown }
  | { readonly kind: "type"; readonly type: string; readonly value: unknown }
  | { readonly kind: "value"; readonly rule: string; readonly value: unknown }
);

/** How values travel: `json` as they are, `text` in forms, headers, addresses and XML. */
export type Wire = "json" | "text";

type Found = Problem & { readonly path: (string | number)[] };

/**
 * The first thing in a request that the operation does not take; undefined for one that it takes as a whole. Members that are null are
 * taken out of it.
 */
export function checkMembers(value: unknown, expectation: Expectation, wire: Wire): Problem | undefined {
  return check(value, expectation, wire);
}

function check(value: unknown, expectation: Expectation, wire: Wire): Found | undefined {
  switch (expectation.is) {
    case "scalar":
      return checkScalar(value, expectation, wire);
    case "structure":
      return checkStructure(value, expectation, wire);
    case "list": {
      if (!Array.isArray(value)) return { kind: "type", type: "list", value, path: [] };
      for (let index = 0; index < value.length; index++) {
        const problem = check(value[index], expectation.of, wire);
        if (problem !== undefined) return at(index, problem);
      }
      return undefined;
    }
    case "map": {
      if (!isObject(value)) return { kind: "type", type: "map", value, path: [] };
      for (const name of Object.keys(value)) {
        const problem = check(value[name], expectation.of, wire);
        if (problem !== undefined) return at(name, problem);
      }
      return undefined;
    }
    case "refused":
      return { kind: "refused", code: undefined, except: "", value: undefined, path: [] };
  }
}

function checkStructure(
  value: unknown,
  { members, required }: Extract<Expectation, { is: "structure" }>,
  wire: Wire,
): Found | undefined {
  if (!isObject(value)) return { kind: "type", type: "structure", value, path: [] };
  for (const name of Object.keys(value)) {
    const member = value[name];
    // To AWS it is as if it were not there, and so it is to the operation.
    if (member === null) delete (value as Record<string, unknown>)[name];
    if (member === undefined || member === null) continue;
    const expectation = members.get(name);
    if (expectation === undefined) return { kind: "unknown", path: [name] };
    const problem = check(member, expectation, wire);
    if (problem !== undefined) return at(name, problem);
  }
  for (const name of required) {
    if (!Object.hasOwn(value, name) || value[name] === undefined) return { kind: "missing", path: [name] };
  }
  return undefined;
}

function checkScalar(
  value: unknown,
  { scalar, rule }: { readonly scalar: Scalar; readonly rule: MemberRule },
  wire: Wire,
): Found | undefined {
  if (!isOfType(value, scalar, wire)) return { kind: "type", type: scalar, value, path: [] };
  if (rule.does !== "works") return undefined;
  const { values, only, whole, code } = rule;
  if (values !== undefined && !values.includes(String(value)))
    return { kind: "value", rule: `Member must satisfy enum value set: [${values.join(", ")}]`, value, path: [] };
  if (whole !== undefined) {
    const [least, most] = whole;
    const number = Number(value);
    const broken = !Number.isInteger(number)
      ? "be a whole number"
      : number < least
        ? `have value greater than or equal to ${least}`
        : number > most
          ? `have value less than or equal to ${most}`
          : undefined;
    if (broken !== undefined) return { kind: "value", rule: `Member must ${broken}`, value, path: [] };
  }
  if (only !== undefined && !only.some((taken) => isTaken(taken, String(value))))
    return { kind: "refused", code, except: ` except as ${only.join(" or ")}`, value, path: [] };
  return undefined;
}

/** `*` stands for any text. */
function isTaken(taken: string, value: string): boolean {
  const [start = "", end] = taken.split("*");
  return end === undefined ? taken === value : value.startsWith(start) && value.endsWith(end);
}

function isOfType(value: unknown, scalar: Scalar, wire: Wire): boolean {
  if (scalar === "document") return true;
  if (wire === "text") {
    if (scalar === "blob" && value instanceof Uint8Array) return true;
    if (typeof value !== "string") return false;
    if (scalar === "number") return /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);
    if (scalar === "boolean") return value === "true" || value === "false";
    return scalar !== "timestamp" || !Number.isNaN(Date.parse(value));
  }
  switch (scalar) {
    case "string":
    case "blob":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
    case "timestamp":
      return typeof value === "number";
  }
}

function at(step: string | number, problem: Found): Found {
  problem.path.unshift(step);
  return problem;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
