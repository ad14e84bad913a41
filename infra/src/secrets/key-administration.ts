import { type Statement, THE_RESOURCE_ITSELF } from "../iam/policy.ts";
import type { ResourceNames } from "../stage-scope.ts";

/**
 * Lets the account's own policies say who looks after a key, and who encrypts with it: everything but decrypting. The account itself stays among the
 * administrators, so that a key is never out of everybody's reach.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function keyAdministration(names: ResourceNames): Statement[] {
  return [
    {
      Sid: "Administration",
      Effect: "Allow",
      Principal: { AWS: names.arn("iam", "root", { region: "" }) },
      Action: [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:Encrypt",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListGrants",
        "kms:ListKeyPolicies",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:RevokeGrant",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ],
      Resource: THE_RESOURCE_ITSELF,
    },
  ];
}
