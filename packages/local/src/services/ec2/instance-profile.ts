import { AwsError } from "../../aws-error.ts";

/** The one that is always there. */
export const DEFAULT_INSTANCE_PROFILE = "worker";

interface ProfileReference {
  readonly Arn?: string;
  readonly Name?: string;
}

/** The ARN of the instance profile that a launch names; throws, in EC2's words, for one that is not there. */
export function instanceProfileArn(
  { Arn, Name }: ProfileReference = {},
  { instanceProfiles, accountId }: { instanceProfiles: readonly string[]; accountId: string },
): string | undefined {
  const invalid = (value: string, member: string, what: string) =>
    new AwsError(
      "InvalidParameterValue",
      `Value (${value}) for parameter iamInstanceProfile.${member} is invalid. Invalid IAM Instance Profile ${what}`,
    );
  if (Arn !== undefined && Name !== undefined) {
    const message = "The parameter iamInstanceProfile.name may not be used in combination with iamInstanceProfile.arn";
    throw new AwsError("InvalidParameterCombination", message);
  }
  const arnOf = (name: string) => `arn:aws:iam::${accountId}:instance-profile/${name}`;
  if (Name !== undefined) {
    if (instanceProfiles.includes(Name)) return arnOf(Name);
    throw invalid(Name, "name", "name");
  }
  if (Arn === undefined || instanceProfiles.some((name) => arnOf(name) === Arn)) return Arn;
  throw invalid(Arn, "arn", "ARN");
}
