import type { Condition } from "../../src/iam/policy.ts";

/** What a request carries beside action and resource, by key. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/**
 * Whether all of a statement's conditions hold. A key that the request does not carry matches nothing, so that a negated operator holds.
 * @throws Error for an operator that is none
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function conditionsHold(condition: Condition | undefined, context: Context): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, [values].flat(), { key, context })),
  );
}

/** Of a key, whose case means nothing; undefined where the request does not carry it. */
function valuesOf(key: string, context: Context): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found && [found[1]].flat();
}

function holds(
  operator: string,
  expected: readonly string[],
  { key, context }: { key: string; context: Context },
): boolean {
  const actual = valuesOf(key, context);
  if (operator === "Null") return expected.includes(String(actual === undefined || actual.length === 0));
  const [, set, name = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const matches = OPERATORS[name.replace("Not", "")];
  if (matches === undefined) throw new Error(`${operator} is no operator of conditions`);
  const isNegated = name.includes("Not");
  const isMet = (value: string): boolean =>
    expected.some((each) => {
      const resolved = resolve(each, context);
      return resolved !== undefined && matches(resolved, value);
    }) !== isNegated;
  if (actual === undefined || actual.length === 0)
    return set === "ForAllValues" || (set === undefined && (ifExists !== undefined || isNegated));
  switch (set) {
    case "ForAllValues":
      return actual.every(isMet);
    case "ForAnyValue":
      return actual.some(isMet);
    default:
      if (actual.length > 1) throw new Error(`${key} has several values, which ${operator} does not compare`);
      return actual.every(isMet);
  }
}

/** Whether a value is as the policy has it, by the operators without their negation. */
const OPERATORS: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: (expected, actual) => pattern(expected).test(actual),
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  NumericEquals: (expected, actual) => Number(actual) === Number(expected),
  NumericLessThan: (expected, actual) => Number(actual) < Number(expected),
  NumericLessThanEquals: (expected, actual) => Number(actual) <= Number(expected),
  NumericGreaterThan: (expected, actual) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (expected, actual) => Number(actual) >= Number(expected),
};

/** Each of an ARN's six parts is compared by itself. */
function isArnLike(expected: string, actual: string): boolean {
  const [patterns, parts] = [partsOfArn(expected), partsOfArn(actual)];
  return patterns.length === parts.length && patterns.every((each, at) => pattern(each).test(parts[at] as string));
}

const partsOfArn = (arn: string): string[] => {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
};

/**
 * With the request's values in the place of variables; undefined where it does not carry one: then the statement is about nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function resolve(text: string, context: Context): string | undefined {
  let isWhole = true;
  const resolved = text.replaceAll(/\$\{([^}]+)\}/g, (_, key: string) => {
    const [value, ...more] = valuesOf(key, context) ?? [];
    if (value === undefined || more.length > 0) isWhole = false;
    return value ?? "";
  });
  return isWhole ? resolved : undefined;
}

const known = new Map<string, RegExp>();

/** Each is made once: a few hundred patterns are asked about thousands of calls. */
function once(key: string, make: () => RegExp): RegExp {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

/** `*` and `?` stand for any characters. */
const pattern = (text: string): RegExp =>
  once(
    `text ${text}`,
    () =>
      new RegExp(
        `^${text
          .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
          .replaceAll("*", ".*")
          .replaceAll("?", ".")}$`,
        "s",
      ),
  );

/**
 * Whether a resource's ARN is one of those that a policy's pattern means. Wildcards stay within a part, but for one that ends it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function isResource(expected: string, arn: string): boolean {
  if (expected === "*") return true;
  return once(`arn ${expected}`, () => arnPattern(expected)).test(arn);
}

function arnPattern(expected: string): RegExp {
  const inner = expected
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*(?=:|$)/g, "\u0000")
    .replaceAll("*", "[^:]*")
    .replaceAll("?", "[^:]")
    .replaceAll("\u0000", ".*");
  return new RegExp(`^${inner}$`, "s");
}

/** Actions are written in any case. */
export const isAction = (expected: string, action: string): boolean =>
  pattern(expected.toLowerCase()).test(action.toLowerCase());
