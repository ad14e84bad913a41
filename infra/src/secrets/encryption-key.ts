import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { allow, type Condition, type Statement, THE_RESOURCE_ITSELF } from "../iam/policy.ts";
import type { StageScope } from "../stage-scope.ts";

/** A key does what a service asks of it in somebody's name, and nothing that one asks of it directly. */
const by = ({ stage }: Pick<StageScope, "stage">, service: "s3" | "ec2"): Condition => ({
  StringEquals: { "kms:ViaService": `${service}.${stage.region}.amazonaws.com` },
});

const THROUGH_S3 = ["kms:Decrypt", "kms:GenerateDataKey"] as const;
const THROUGH_EC2 = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
] as const;

/**
 * What somebody must be allowed with the stage's own key for what these statements allow with objects; nothing where the stage has none. An upload in
 * parts is read as it is put together.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function objectKeyStatements(
  { stage }: Pick<StageScope, "stage">,
  statements: readonly Statement[],
): Statement[] {
  if (stage.encryptionKey === undefined) return [];
  const allowed = new Set(statements.flatMap(({ Effect, Action }) => (Effect === "Allow" ? Action : [])));
  const reads = ["s3:GetObject", "s3:GetObjectVersion", "s3:AbortMultipartUpload"].some((action) =>
    allowed.has(action),
  );
  const actions = [...(reads ? ["kms:Decrypt"] : []), ...(allowed.has("s3:PutObject") ? ["kms:GenerateDataKey"] : [])];
  return actions.length === 0
    ? []
    : [allow("UseEncryptedObjects", actions, [stage.encryptionKey], by({ stage }, "s3"))];
}

/**
 * What a launch of machines with encrypted volumes asks of the stage's own key, in the launcher's name.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
 */
export function volumeKeyStatements({ stage }: Pick<StageScope, "stage">): Statement[] {
  if (stage.encryptionKey === undefined) return [];
  return [
    allow("EncryptVolumes", THROUGH_EC2, [stage.encryptionKey], by({ stage }, "ec2")),
    // The machine's volume is read with the key as long as there is the machine.
    allow("LendKeyToVolumes", ["kms:CreateGrant"], [stage.encryptionKey], {
      ...by({ stage }, "ec2"),
      Bool: { "kms:GrantIsForAWSResource": "true" },
    }),
  ];
}

/**
 * What the key's own policy must say, which its owner adds: that the account's policies count, as they do where it is as AWS makes it; and that two
 * may use it who have no policy of this stage.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html on keys
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html on SSE-KMS
 */
export function encryptionKeyPolicy(scope: StageScope, distribution: CloudfrontDistribution | undefined): Statement[] {
  const { stage, names } = scope;
  const account = { AWS: names.arn("iam", "root", { region: "" }) };
  const spot = { AWS: names.arn("iam", SPOT_ROLE, { region: "" }) };
  const ofKey = { Effect: "Allow", Resource: THE_RESOURCE_ITSELF } as const;
  const forMachines = { Bool: { "kms:GrantIsForAWSResource": "true" } };
  return [
    { ...ofKey, Sid: "ObjectsByPolicies", Principal: account, Action: THROUGH_S3, Condition: by(scope, "s3") },
    { ...ofKey, Sid: "VolumesByPolicies", Principal: account, Action: THROUGH_EC2, Condition: by(scope, "ec2") },
    {
      ...ofKey,
      Sid: "LentToVolumesByPolicies",
      Principal: account,
      Action: ["kms:CreateGrant"],
      Condition: { ...by(scope, "ec2"), ...forMachines },
    },
    ...(stage.spot === "never"
      ? []
      : [
          { ...ofKey, Sid: "SpotVolumes", Principal: spot, Action: THROUGH_EC2 },
          { ...ofKey, Sid: "LentToSpotVolumes", Principal: spot, Action: ["kms:CreateGrant"], Condition: forMachines },
        ]),
    ...(distribution === undefined
      ? []
      : [
          {
            ...ofKey,
            Sid: "EdgeReads",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: ["kms:Decrypt"],
            Condition: { StringEquals: { "aws:SourceArn": distribution.arn } },
          },
        ]),
  ];
}

const SPOT_ROLE = "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot";
