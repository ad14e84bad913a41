import { AwsError } from "../../../aws-error.ts";

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

export function checkArn(arn: string, kind: "stateMachine" | "execution" | "activity" | "mapRun"): string {
  const parts = arn.split(":");
  const valid =
    parts[0] === "arn" &&
    parts[2] === "states" &&
    parts[5] === kind &&
    parts.length >= (kind === "execution" || kind === "mapRun" ? 8 : 7);
  if (!valid) throw new AwsError("InvalidArn", `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
  return arn;
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

export function checkRoleArn(arn: string): string {
  if (!ROLE_ARN.test(arn)) throw new AwsError("InvalidArn", `Invalid Arn: 'Invalid Role Arn: ${arn}'`);
  return arn;
}

export interface IncludedData {
  readonly includedData?: string;
}

/** Whether an answer holds inputs, outputs and definitions, which their key may be needed for. */
export const includesData = ({ includedData = "ALL_DATA" }: IncludedData): boolean => includedData === "ALL_DATA";

export function constraint(member: string, value: string, rule: string): AwsError {
  return new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}
