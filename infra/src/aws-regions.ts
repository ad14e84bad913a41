import { nearestWord } from "@muster/pipeline";

/**
 * AWS's commercial regions, as its SDK of October 2026 lists them: a newer one is added here.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export const awsRegions: readonly string[] = [
  "af-south-1",
  ...["ap-east-1", "ap-east-2"],
  ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
  ...["ap-south-1", "ap-south-2"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"],
  ...["ap-southeast-6", "ap-southeast-7"],
  ...["ca-central-1", "ca-west-1"],
  ...["eu-central-1", "eu-central-2"],
  "eu-north-1",
  ...["eu-south-1", "eu-south-2"],
  ...["eu-west-1", "eu-west-2", "eu-west-3"],
  "il-central-1",
  ...["me-central-1", "me-south-1", "me-west-1"],
  "mx-central-1",
  ...["sa-east-1", "sa-west-1"],
  ...["us-east-1", "us-east-2"],
  ...["us-west-1", "us-west-2"],
];

/** Why a stage cannot be in what was written as a region. Other partitions have other names of services and resources, and no CloudFront that a stage could use. */
export function regionProblem(name: unknown): string {
  if (/^(cn|eusc|us-gov)-|-iso/.test(String(name)))
    return `${name} is outside AWS's commercial regions, where a stage cannot work: it uses their CloudFront and ARNs`;
  const nearest = nearestWord(String(name), awsRegions);
  return nearest === undefined
    ? "must be an AWS region, like us-west-2"
    : `${name} is no AWS region; did you mean ${nearest}?`;
}
