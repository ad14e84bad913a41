import { AwsError } from "../../../aws-error.ts";

/** An operation's input as it came over the wire: nothing about it is known. */
export type Input = Readonly<Record<string, unknown>>;

/** Reads a member that must be there; throws what AWS's own validation answers. */
export function requiredString(input: Input, member: string): string {
  const value = optionalString(input, member);
  if (value === undefined) throw constraint(member, "null", "Member must not be null");
  return value;
}

export function optionalString(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw constraint(member, JSON.stringify(value), "Member must be a string");
  return value;
}

export function optionalBoolean(input: Input, member: string): boolean | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw constraint(member, JSON.stringify(value), "Member must be a boolean");
  return value;
}

export function optionalInteger(
  input: Input,
  member: string,
  { least, most }: { least: number; most: number },
): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value))
    throw constraint(member, JSON.stringify(value), "Member must be an integer");
  if (value < least)
    throw constraint(member, String(value), `Member must have value greater than or equal to ${least}`);
  if (value > most) throw constraint(member, String(value), `Member must have value less than or equal to ${most}`);
  return value;
}

export function shorterThan(
  member: string,
  value: string,
  { most, unit }: { most: number; unit: "characters" | "bytes" },
): string {
  const length = unit === "bytes" ? Buffer.byteLength(value) : value.length;
  if (length > most)
    throw constraint(member, `${value.slice(0, 50)}…`, `Member must have length less than or equal to ${most}`);
  return value;
}

/**
 * Neither white space, brackets, wildcards, special or control characters, nor what UTF-16 writes as surrogates.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
 */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\uFFFE\uFFFF\u{10000}-\u{10FFFF}]{1,80}$/u;

export function checkName(name: string): string {
  if (!NAME.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
  return name;
}

export function checkArn(arn: string, kind: "stateMachine" | "execution" | "activity"): string {
  const parts = arn.split(":");
  const valid =
    parts[0] === "arn" && parts[2] === "states" && parts[5] === kind && parts.length >= (kind === "execution" ? 8 : 7);
  if (!valid) throw new AwsError("InvalidArn", `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
  return arn;
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

export function checkRoleArn(arn: string): string {
  if (!ROLE_ARN.test(arn)) throw new AwsError("InvalidArn", `Invalid Arn: 'Invalid Role Arn: ${arn}'`);
  return arn;
}

/** Whether an answer holds inputs, outputs and definitions, which their key may be needed for. */
export function includesData(input: Input): boolean {
  const included = optionalString(input, "includedData") ?? "ALL_DATA";
  if (included !== "ALL_DATA" && included !== "METADATA_ONLY") {
    throw constraint("includedData", included, "Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]");
  }
  return included === "ALL_DATA";
}

function constraint(member: string, value: string, rule: string): AwsError {
  return new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}
