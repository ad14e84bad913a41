import type { Stage } from "../src/stage-settings.ts";
import { distinct, type IamRequest } from "./iam-requests.ts";

/** What S3 asks of a bucket's key in the name of whoever calls it. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const OF_OBJECTS: Readonly<Record<string, string>> = {
  "s3:GetObject": "kms:Decrypt",
  "s3:GetObjectVersion": "kms:Decrypt",
  // Who may give up an upload in parts makes one, which is read as it is put together.
  "s3:AbortMultipartUpload": "kms:Decrypt",
  "s3:PutObject": "kms:GenerateDataKey",
};

/** What EC2 asks of a volume's key as a machine is launched. @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html */
const OF_VOLUMES = ["Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"];

/** Requests, with those that AWS's services make of the stage's own key because of them. */
export function withKeyRequests(
  requests: readonly IamRequest[],
  { encryptionKey, region }: Pick<Stage, "encryptionKey" | "region">,
): IamRequest[] {
  if (encryptionKey === undefined) return [...requests];
  const via = (service: string) => ({
    "kms:ViaService": `${service}.${region}.amazonaws.com`,
    "aws:ViaAWSService": "true",
  });
  return distinct(
    requests.flatMap((request) => {
      const action = OF_OBJECTS[request.action];
      if (action !== undefined) return [request, { action, resource: encryptionKey, context: via("s3") }];
      if (request.action !== "ec2:RunInstances" || !request.resource.includes(":volume/")) return [request];
      const grant = { ...via("ec2"), "kms:GrantIsForAWSResource": "true" };
      return [
        request,
        ...OF_VOLUMES.map((name) => ({ action: `kms:${name}`, resource: encryptionKey, context: via("ec2") })),
        { action: "kms:CreateGrant", resource: encryptionKey, context: grant },
      ];
    }),
  );
}
