import { AwsError } from "../../aws-error.ts";

/**
 * Whether an event matches a pattern: every field of the pattern, by at least one of its rules; a list in the event by any of its
 * elements. Throws `InvalidEventPatternException` for a rule that does not exist.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) throw invalid("Event pattern is not an object");
  return Object.entries(pattern).every(([name, rule]) => {
    if (name === "$or" && Array.isArray(rule))
      return rule.map((choice) => matchesPattern(choice, event)).includes(true);
    const value = isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;
    if (Array.isArray(rule)) return matchesAnyRule(rule, value);
    if (!isObject(rule)) throw invalid(`"${name}" must be an object or an array`);
    const elements = Array.isArray(value) ? value : [value];
    // Every element is looked at, so that a pattern's mistakes show whatever the event holds.
    return elements.map((element) => matchesPattern(rule, element)).includes(true);
  });
}

function matchesAnyRule(rules: readonly unknown[], value: unknown): boolean {
  if (rules.length === 0) throw invalid("Empty arrays are not allowed");
  const values = Array.isArray(value) ? value : [value];
  return rules
    .map((rule) =>
      isExists(rule) ? rule.exists === isLeaf(value) : values.map((one) => matchesRule(rule, one)).includes(true),
    )
    .includes(true);
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (!isObject(rule)) return rule === value;
  const [name, operand] = onlyEntry(rule);
  const text = typeof value === "string" ? value : undefined;
  switch (name) {
    case "prefix":
      return text !== undefined && foldable(operand, text, (folded, own) => own.startsWith(folded));
    case "suffix":
      return text !== undefined && foldable(operand, text, (folded, own) => own.endsWith(folded));
    case "equals-ignore-case":
      return text?.toLowerCase() === textOperand(name, operand).toLowerCase();
    case "wildcard":
      return text !== undefined && wildcard(textOperand(name, operand)).test(text);
    case "numeric":
      return matchesNumeric(operand, value);
    case "anything-but":
      return value !== undefined && !anyOf(operand, value);
  }
  throw invalid(`Unrecognized match type ${name}`);
}

/** What `anything-but` excludes: one value, several, or what another rule matches. */
function anyOf(operand: unknown, value: unknown): boolean {
  if (Array.isArray(operand)) return operand.some((one) => matchesRule(one, value));
  if (!isObject(operand)) return operand === value;
  const [name, inner] = onlyEntry(operand);
  return (Array.isArray(inner) ? inner : [inner]).some((one) => matchesRule({ [name]: one }, value));
}

function foldable(operand: unknown, text: string, test: (operand: string, text: string) => boolean): boolean {
  if (typeof operand === "string") return test(operand, text);
  if (isObject(operand) && typeof operand["equals-ignore-case"] === "string") {
    return test(operand["equals-ignore-case"].toLowerCase(), text.toLowerCase());
  }
  throw invalid("prefix and suffix match patterns must be strings");
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function matchesNumeric(operand: unknown, value: unknown): boolean {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0)
    throw invalid("Invalid numeric match");
  const tests = Array.from({ length: operand.length / 2 }, (_, index) => {
    const compare = COMPARISONS[String(operand[index * 2])];
    const bound: unknown = operand[index * 2 + 1];
    if (compare === undefined || typeof bound !== "number") throw invalid("Invalid numeric match");
    return typeof value === "number" && compare(value, bound);
  });
  return tests.every(Boolean);
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\\*|[.*+?^${}()|[\]\\]/g, (match) =>
    match === "*" ? ".*" : match === "\\*" ? "\\*" : `\\${match}`,
  );
  return new RegExp(`^${source}$`, "s");
}

function onlyEntry(rule: Record<string, unknown>): [string, unknown] {
  const [entry, ...more] = Object.entries(rule);
  if (entry === undefined || more.length > 0) throw invalid("Only one key allowed in match expression");
  return entry;
}

function textOperand(name: string, operand: unknown): string {
  if (typeof operand === "string") return operand;
  throw invalid(`${name} match pattern must be a string`);
}

function isExists(rule: unknown): rule is { exists: boolean } {
  return isObject(rule) && typeof rule.exists === "boolean";
}

/** `exists` speaks of values, not of objects that hold some. */
function isLeaf(value: unknown): boolean {
  return value !== undefined && !isObject(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(reason: string): AwsError {
  return new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
}
