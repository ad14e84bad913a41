import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { stateFolder } from "@muster/records";
import type { Stage } from "../stages/stage.ts";

/**
 * Names of builds that begin so and of which attempts are recorded, whether or not Step Functions still knows them. It only makes a
 * refusal clearer: where nobody may look, or nothing answers, it knows none.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, "Execution history retention time"
 */
export async function recordedBuilds(
  { s3, description }: Pick<Stage, "s3" | "description">,
  name: string,
): Promise<string[]> {
  const folder = stateFolder.attempts;
  const list = { Bucket: description.buckets.state, Prefix: `${folder}${name}`, Delimiter: "/" };
  const { CommonPrefixes = [] } = await s3.send(new ListObjectsV2Command(list)).catch(() => ({ CommonPrefixes: [] }));
  const names = CommonPrefixes.map(({ Prefix = "" }) => Prefix.slice(folder.length, -1));
  return names.includes(name) ? [name] : names;
}
