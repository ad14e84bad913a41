import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type ObjectPlace, stateKey } from "@muster/records";
import type { BuildSummary } from "../history/find-build.ts";
import { nextCommand } from "../next-command.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";

/** The page of a build as it was at its end. */
export interface KeptPage extends ObjectPlace {
  readonly bytes: number;
  readonly keptAt: Date;
}

export const uriOf = ({ bucket, key }: ObjectPlace): string => `s3://${bucket}/${key}`;

/** @throws UsageError where there is none, with how to have one */
export async function findKeptPage(
  { s3, description }: Pick<Stage, "s3" | "description">,
  { name, running }: Pick<BuildSummary, "name" | "running">,
  globals: Parameters<typeof nextCommand>[0],
): Promise<KeptPage> {
  const bucket = description.buckets.state;
  const key = stateKey.page(name);
  // People who build may list pages: S3 says of an object that is missing to nobody else that it is.
  const { Contents = [] } = await (await s3()).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
  const found = Contents.find(({ Key }) => Key === key);
  if (found === undefined) {
    const why = running
      ? "it is kept when the build has ended"
      : "it is kept some seconds after a build's end, for a time";
    throw new UsageError(`${name} has no page that is kept: ${why}`, {
      hint: `${nextCommand(globals, ["report", name, "--html", "FILE"])} writes it as it is now`,
    });
  }
  return { bucket, key, bytes: found.Size ?? 0, keptAt: found.LastModified ?? new Date() };
}
