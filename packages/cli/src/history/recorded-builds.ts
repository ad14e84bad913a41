import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { stateFolder, stateKey } from "@muster/records";
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
  const client = await s3();
  const activities = Object.keys(description.activities);
  const foldersIn = async (folder: string): Promise<string[]> => {
    const list = { Bucket: description.buckets.state, Prefix: `${folder}${name}`, Delimiter: "/" };
    const { CommonPrefixes = [] } = await client
      .send(new ListObjectsV2Command(list))
      .catch(() => ({ CommonPrefixes: [] }));
    return CommonPrefixes.map(({ Prefix = "" }) => Prefix.slice(folder.length, -1));
  };
  // Builds of before lie beside the folders of activities.
  const former = (await foldersIn(stateFolder.attempts)).filter((folder) => !activities.includes(folder));
  const current = await Promise.all(activities.map((activity) => foldersIn(stateKey.attempts(activity))));
  const names = [...new Set([...former, ...current.flat()])].sort();
  return names.includes(name) ? [name] : names;
}
