import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import type { Statement } from "../iam/policy.ts";
import type { StageScope } from "../stage-scope.ts";

/** What the downloads' bucket must let the edge do; on a bucket that the stage does not make, its owner adds it. */
export function downloadsReaders({ names }: StageScope, distribution: CloudfrontDistribution): Statement[] {
  const bucket = names.bucketArn("downloads");
  const reader = {
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceArn": distribution.arn } },
  } as const;
  return [
    { ...reader, Sid: "EdgeReads", Action: ["s3:GetObject"], Resource: [`${bucket}/*`] },
    // Without it S3 answers 403 for what is not there, which package managers take for an error, not for "there is none".
    { ...reader, Sid: "EdgeSeesWhatIsMissing", Action: ["s3:ListBucket"], Resource: [bucket] },
  ];
}
