import { deepEqual, isArray, isObject, type Json, numberOf } from "./json.ts";
import type { Filter, FilterPath, Operand } from "./json-path.ts";

/** Reads a path below a filter; undefined when it names nothing. */
export type ReadFilterPath = (path: FilterPath) => Json | undefined;

export function accepts(filter: Filter, read: ReadFilterPath): boolean {
  switch (filter.kind) {
    case "and":
      return accepts(filter.left, read) && accepts(filter.right, read);
    case "or":
      return accepts(filter.left, read) || accepts(filter.right, read);
    case "not":
      return !accepts(filter.filter, read);
    case "exists": {
      const value = read(filter.path);
      return value !== undefined && !(isArray(value) && !filter.path.path.definite && value.length === 0);
    }
    case "compare":
      return compare(filter, read);
  }
}

function compare({ operator, left, right }: Extract<Filter, { kind: "compare" }>, read: ReadFilterPath): boolean {
  const a = operandValue(left, read);
  if (right.kind === "pattern") return typeof a === "string" && right.pattern.test(a);
  const b = operandValue(right, read);
  if (a === undefined || b === undefined) return operator === "!=" && a !== b;
  switch (operator) {
    case "==":
      return deepEqual(a, b);
    case "!=":
      return !deepEqual(a, b);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return inOrder(a, b, operator);
    case "in":
      return isArray(b) && includes(b, a);
    case "nin":
      return isArray(b) && !includes(b, a);
    case "contains":
      return isArray(a) ? includes(a, b) : typeof a === "string" && typeof b === "string" && a.includes(b);
    case "size":
      return (isArray(a) || typeof a === "string") && a.length === numberOf(b);
    case "empty":
      return (isArray(a) || typeof a === "string" || isObject(a)) && (Object.keys(a).length === 0) === b;
    case "subsetof":
      return isArray(a) && isArray(b) && a.every((item) => includes(b, item));
    case "anyof":
      return isArray(a) && isArray(b) && a.some((item) => includes(b, item));
    case "noneof":
      return isArray(a) && isArray(b) && !a.some((item) => includes(b, item));
    default:
      throw new TypeError(`unknown filter operator ${operator}`);
  }
}

function operandValue(operand: Operand, read: ReadFilterPath): Json | undefined {
  if (operand.kind === "literal") return operand.value;
  return operand.kind === "path" ? read(operand) : undefined;
}

function inOrder(a: Json, b: Json, operator: "<" | "<=" | ">" | ">="): boolean {
  const [left, right] = typeof a === "string" && typeof b === "string" ? [a, b] : [numberOf(a), numberOf(b)];
  if (left === undefined || right === undefined) return false;
  if (left === right) return operator === "<=" || operator === ">=";
  return operator.startsWith("<") === left < right;
}

function includes(list: readonly Json[], value: Json): boolean {
  return list.some((item) => deepEqual(item, value));
}
