import type { StageDescription } from "@muster/pipeline";
import { stateKey } from "@muster/records";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html for partitions, each with a console of its own */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/**
 * Where a build's kept page is: an address that never expires and gives nobody anything, since AWS asks there who is asking. A presigned one would be
 * anybody's who reads the chat, and would end with this function's credentials, within hours.
 * @returns null of a stage on one machine, and in partitions of whose console nothing is known
 */
export function pageAddress(
  { stage, stateMachineArn, region, buckets }: StageDescription,
  execution: string,
): string | null {
  const host = CONSOLES[stateMachineArn.split(":")[1] ?? ""];
  if (stage === "local" || host === undefined) return null;
  const of = new URLSearchParams({ region, prefix: stateKey.page(execution) });
  return `https://${region}.${host}/s3/object/${encodeURIComponent(buckets.state)}?${of}`;
}
