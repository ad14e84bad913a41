import { schemeOf } from "@muster/pipeline";
import { keyOfAnyVersion } from "../compute/object-patterns.ts";
import { allow, type Statement } from "../iam/policy.ts";
import type { StageScope } from "../stage-scope.ts";

/** Reading the pipeline's list of platforms, where it lies in S3. */
export function listedPlatformStatements({ pipeline, names }: Pick<StageScope, "pipeline" | "names">): Statement[] {
  const { platforms } = pipeline;
  if (platforms.kind !== "listed") return [];
  const urls = keyOfAnyVersion(platforms.url, schemeOf(pipeline)).filter((url) => url.startsWith("s3://"));
  if (urls.length === 0) return [];
  const objects = urls.map((url) => names.arn("s3", url.slice("s3://".length), { region: "", account: "" }));
  return [
    allow("ReadPlatforms", ["s3:GetObject"], objects),
    allow(
      "SeeThatNoPlatformsAreListed",
      ["s3:ListBucket"],
      [...new Set(objects.map((arn) => arn.split("/")[0] as string))],
    ),
  ];
}
