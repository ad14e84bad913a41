import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { channelOf } from "@muster/pipeline";
import { type BinaryPackage, binaryPackage, channels, packageName, publicKey } from "../artifacts.ts";
import { env } from "./env.ts";
import { openS3, parseUrl } from "./objects.ts";
import { withdrawFromSuite } from "./publish-suite.ts";
import { runTool } from "./run-tool.ts";
import { openSigningKey } from "./signing-key.ts";

await runTool(async () => {
  const s3 = openS3();
  const { downloads: bucket } = env.buckets();
  const key = await openSigningKey(s3, {
    privateKey: parseUrl(env.signingKey()),
    publicKey: { bucket, key: publicKey.key },
  });
  const outcomes: string[] = [];
  for (const platform of env.platforms()) {
    const version = env.version();
    const { family, suite, debianVersion, published } = binaryPackage({ version, platform });
    const place = { bucket, folder: published.suite.key, suite, channel: channelOf(channels, version) };
    // The index first, so that nothing is named that cannot be had.
    const dropped = await withdrawFromSuite(s3, place, { debianVersion, key });
    const removed = await removeFiles(s3, bucket, { family, debianVersion });
    const outcome = dropped || removed > 0 ? "withdrawn" : "was not published";
    console.log(`${platform}: ${outcome}`);
    outcomes.push(`${platform} ${outcome}`);
  }
  return { note: outcomes.join(", ") };
});

/** By their names, since the index knows them no longer where an attempt before was cut off. @returns how many there were */
async function removeFiles(
  s3: S3Client,
  bucket: string,
  { family, debianVersion }: Pick<BinaryPackage, "family" | "debianVersion">,
): Promise<number> {
  const Prefix = `${family}/pool/main/${packageName[0]}/${packageName}/${packageName}_${debianVersion}_`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  return Contents.length;
}
