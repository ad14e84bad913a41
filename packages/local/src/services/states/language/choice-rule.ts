import { isObject, type Json, type JsonObject, member, numberOf } from "./json.ts";
import type { Path } from "./json-path.ts";
import { compilePath, NoSuchPathError, readPath, type Scope } from "./path.ts";
import { RuntimeError } from "./state-error.ts";
import { parseTimestamp } from "./timestamp.ts";

export type Condition = (scope: Scope) => boolean;

/** A field of a rule that breaks a rule of the language. */
export class RuleError extends Error {
  override readonly name = "RuleError";
  readonly location: string;

  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  GreaterThan: (order) => order > 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThanEquals: (order) => order >= 0,
};

/** The value that a type of comparison orders, undefined for a value of another type: the comparison is then false. */
const COMPARABLE: Readonly<Record<string, (value: Json) => string | number | boolean | undefined>> = {
  String: (value) => (typeof value === "string" ? value : undefined),
  Numeric: numberOf,
  Boolean: (value) => (typeof value === "boolean" ? value : undefined),
  Timestamp: (value) => (typeof value === "string" ? parseTimestamp(value) : undefined),
};

const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => numberOf(value) !== undefined,
  IsString: (value) => typeof value === "string",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => typeof value === "string" && parseTimestamp(value) !== undefined,
};

const OPERATOR =
  /^(String|Numeric|Boolean|Timestamp)(Equals|LessThanEquals|GreaterThanEquals|LessThan|GreaterThan)(Path)?$/;
const NOT_OPERATORS = ["Variable", "Next", "Comment", "Assign", "Output", "Condition"];

/** Compiles one entry of Choices, or a rule within And, Or and Not; throws RuleError with the place in the rule. */
export function compileRule(rule: Json, location = ""): Condition {
  if (!isObject(rule)) throw new RuleError(location, "a choice rule must be an object");
  const operators = Object.keys(rule).filter((key) => !NOT_OPERATORS.includes(key));
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    throw new RuleError(
      location,
      `a choice rule must have exactly one operator, this one has ${operators.join(", ") || "none"}`,
    );
  }
  const operand = rule[operator] as Json;
  const at = `${location}/${operator}`;
  if (operator === "And" || operator === "Or") {
    if (!Array.isArray(operand) || operand.length === 0) throw new RuleError(at, "must be a non-empty array of rules");
    const rules = operand.map((nested: Json, index) => compileRule(nested, `${at}/${index}`));
    return operator === "And"
      ? (scope) => rules.every((holds) => holds(scope))
      : (scope) => rules.some((holds) => holds(scope));
  }
  if (operator === "Not") {
    const holds = compileRule(operand, at);
    return (scope) => !holds(scope);
  }
  return compileTest({ rule, operator, operand, location });
}

function compileTest({
  rule,
  operator,
  operand,
  location,
}: {
  rule: JsonObject;
  operator: string;
  operand: Json;
  location: string;
}): Condition {
  const at = `${location}/${operator}`;
  const variable = compileVariable(member(rule, "Variable"), location);
  if (operator === "IsPresent" || Object.hasOwn(TYPE_TESTS, operator)) {
    if (typeof operand !== "boolean") throw new RuleError(at, "must be true or false");
    if (operator === "IsPresent") return (scope) => isPresent(variable, scope) === operand;
    const test = TYPE_TESTS[operator] as (value: Json) => boolean;
    return (scope) => test(readVariable(variable, scope)) === operand;
  }
  if (operator === "StringMatches") {
    if (typeof operand !== "string") throw new RuleError(at, "must be a string");
    const pattern = compileWildcards(operand);
    return (scope) => {
      const value = readVariable(variable, scope);
      return typeof value === "string" && pattern.test(value);
    };
  }
  return compileComparison({ variable, operator, operand, at });
}

function compileComparison({
  variable,
  operator,
  operand,
  at,
}: {
  variable: Path;
  operator: string;
  operand: Json;
  at: string;
}): Condition {
  const [, type = "", comparison = "", byPath] = OPERATOR.exec(operator) ?? [];
  const comparable = COMPARABLE[type];
  const holds = COMPARISONS[comparison];
  if (comparable === undefined || holds === undefined || (type === "Boolean" && comparison !== "Equals")) {
    throw new RuleError(at, "is not an operator of the Choice state");
  }
  if (byPath === undefined) {
    const expected = comparable(operand);
    if (expected === undefined) throw new RuleError(at, `must be a ${type.toLowerCase()} value`);
    return (scope) => isOrdered(comparable(readVariable(variable, scope)), expected, holds);
  }
  if (typeof operand !== "string") throw new RuleError(at, "must be a path");
  const path = compileAt(operand, at);
  return (scope) => isOrdered(comparable(readVariable(variable, scope)), comparable(readVariable(path, scope)), holds);
}

function isOrdered<T extends string | number | boolean>(
  a: T | undefined,
  b: T | undefined,
  holds: (order: number) => boolean,
): boolean {
  if (a === undefined || b === undefined) return false;
  return holds(a < b ? -1 : a > b ? 1 : 0);
}

function compileVariable(variable: Json | undefined, location: string): Path {
  if (typeof variable !== "string") throw new RuleError(`${location}/Variable`, "must be a path");
  return compileAt(variable, `${location}/Variable`);
}

function compileAt(text: string, location: string): Path {
  try {
    return compilePath(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuleError(location, `is not a valid JSONPath: ${error.message}`);
    throw error;
  }
}

function readVariable(path: Path, scope: Scope): Json {
  try {
    return readPath(path, scope);
  } catch (error) {
    if (!(error instanceof NoSuchPathError)) throw error;
    throw new RuntimeError(
      `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
    );
  }
}

/** A list of matches without a match is not a value, either. */
function isPresent(path: Path, scope: Scope): boolean {
  try {
    const value = readPath(path, scope);
    return path.definite || (value as readonly Json[]).length > 0;
  } catch (error) {
    if (error instanceof NoSuchPathError || (error instanceof RuntimeError && !path.root.startsWith("$"))) return false;
    throw error;
  }
}

/** `*` stands for any text, `\*` for an asterisk, `\\` for a backslash. */
function compileWildcards(pattern: string): RegExp {
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\/]/g, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return match === "*" ? "[\\s\\S]*" : `\\${match}`;
  });
  return new RegExp(`^${source}$`);
}
