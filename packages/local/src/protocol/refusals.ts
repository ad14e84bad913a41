import { AwsError } from "../aws-error.ts";
import type { Problem } from "./check-members.ts";

/** How a service says no, in the words of AWS's own where AWS says it, too. */
export interface Refusals {
  /** AWS has no such operation either. */
  unknownOperation(name: string): AwsError;
  /** An operation of AWS's that is not here. */
  refusedOperation(name: string): AwsError;
  member(operation: string, problem: Problem): AwsError;
}

export interface RefusalCodes {
  /** As in `the local <service>`. */
  readonly service: string;
  /** Of values and members that a request may not have. */
  readonly invalid: string;
  /** Of a member that must be there; `invalid` where the service has none of its own. */
  readonly missing?: string;
  /** Of a member of another type. */
  readonly type?: string;
  readonly unknownOperation?: { readonly code: string; readonly status: number };
}

/**
 * Refusals of all services but EC2. An operation that is not here is answered `NotImplemented`, which no service of AWS's
 * answers, so that it differs from one that AWS does not know, and 501, which clients do not try again.
 */
export function refusals(codes: RefusalCodes): Refusals {
  const { service, invalid, missing = invalid, type = "SerializationException" } = codes;
  const { code, status } = codes.unknownOperation ?? { code: "UnknownOperationException", status: 400 };
  const broken = (value: unknown, member: string, rule: string) =>
    `1 validation error detected: Value ${show(value)} at '${member}' failed to satisfy constraint: ${rule}`;
  return {
    unknownOperation: (name) => new AwsError(code, `${service} has no operation ${name}`, { status }),
    refusedOperation: (name) =>
      new AwsError("NotImplemented", `The local ${service} does not implement ${name}`, { status: 501 }),
    member(operation, problem) {
      const member = namedByDots(problem.path);
      switch (problem.kind) {
        case "missing":
          return new AwsError(missing, broken(null, member, "Member must not be null"));
        case "type":
          return new AwsError(type, `'${member}' must be a ${problem.type}, not ${show(problem.value)}`);
        case "value":
          return new AwsError(invalid, broken(problem.value, member, problem.rule));
        case "refused": {
          const message = `The local ${service} does not implement '${withValue(member, problem)}' of ${operation}${problem.except}`;
          return new AwsError(problem.code ?? invalid, message);
        }
        case "unknown":
          return new AwsError(invalid, `${operation} of ${service} has no member '${member}'`);
      }
    },
  };
}

/** EC2's codes. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export const ec2Refusals: Refusals = {
  unknownOperation: (name) => new AwsError("InvalidAction", `The action ${name} is not valid for this web service.`),
  refusedOperation: (name) => new AwsError("UnsupportedOperation", `The local EC2 does not implement ${name}`),
  member(operation, problem) {
    const parameter = namedByForm(problem.path);
    switch (problem.kind) {
      case "missing":
        return new AwsError("MissingParameter", `The request must contain the parameter ${parameter}`);
      case "type":
        return new AwsError(
          "InvalidParameterValue",
          `Invalid value ${show(problem.value)} for ${parameter}. It must be a ${problem.type}.`,
        );
      case "value":
        return new AwsError(
          "InvalidParameterValue",
          `Invalid value ${show(problem.value)} for ${parameter}. ${problem.rule}`,
        );
      case "refused": {
        const message = `The local EC2 does not implement ${withValue(parameter, problem)} of ${operation}${problem.except}`;
        return new AwsError(problem.code ?? "UnsupportedOperation", message);
      }
      case "unknown":
        return new AwsError("UnknownParameter", `The parameter ${parameter} is not recognized`);
    }
  },
};

const LONGEST_SHOWN = 50;

function show(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (value === null) return "null";
  return `'${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}'`;
}

/** Where other values are taken, the one that is not says more than the member's name. */
const withValue = (member: string, { value }: { readonly value: unknown }): string =>
  value === undefined ? member : `${member}: ${value}`;

/** As AWS's own validation names what is in a list: `tags.1.member.key`. */
const namedByDots = (path: Problem["path"]): string =>
  path.map((step) => (typeof step === "number" ? `${step + 1}.member` : step)).join(".");

const namedByForm = (path: Problem["path"]): string =>
  path.map((step) => (typeof step === "number" ? step + 1 : step)).join(".");
