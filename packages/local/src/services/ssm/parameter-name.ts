import { AwsError } from "../../aws-error.ts";

/** A parameter's whole name, with the ARN's beginning that AWS counts with it. */
const LONGEST_NAME = 1011;
const MOST_LEVELS = 15;

/**
 * Refuses a name that no parameter of one's own can have.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export function checkParameterName(name: string): void {
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || name.length > LONGEST_NAME || /\/$|\/\//.test(name)) {
    throw invalid(
      `Parameter name "${name.slice(0, 100)}" must be of letters, digits and ._-/, ${LONGEST_NAME} characters at most, without empty levels`,
    );
  }
  if (name.includes("/") && !name.startsWith("/")) {
    throw invalid(`Parameter name must be a fully qualified name: "${name}" has levels and must begin with /`);
  }
  if (/^\/(?:aws|ssm)/i.test(name))
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  if (/^(?:aws|ssm)/i.test(name))
    throw invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive): ${name}`);
  if (name.split("/").length - 1 > MOST_LEVELS) {
    throw new AwsError(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${MOST_LEVELS} levels: ${name}`,
    );
  }
}

/** What GetParameter takes: a name or an ARN, perhaps with `:version` or `:label`. */
export interface ParameterReference {
  readonly name: string;
  /** As it was asked for, with its colon. */
  readonly selector: string | undefined;
}

export function parseReference(text: string): ParameterReference {
  const [, resource] = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.+)$/.exec(text) ?? [];
  const [, name = text, selector] = /^([^:]+)(:[^:]+)?$/.exec(resource ?? text) ?? [];
  return { name, selector };
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}
