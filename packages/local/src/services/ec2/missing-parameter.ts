import { AwsError } from "../../aws-error.ts";

/** EC2's answer to a request that lacks what it cannot do without. */
export function missingParameter(name: string): AwsError {
  return new AwsError("MissingParameter", `The request must contain the parameter ${name}`);
}
