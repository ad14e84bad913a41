import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Platform } from "@muster/pipeline";
import { type PublicKey, readKey } from "openpgp";
import { binaryPackage, packageName, publicKey } from "../artifacts.ts";
import { missingBase } from "./base-image.ts";
import { fetchBuiltPackage, fetchPublishedPackage } from "./built-package.ts";
import { env } from "./env.ts";
import { get, openS3 } from "./objects.ts";
import { runProgram } from "./run-program.ts";
import { runTool } from "./run-tool.ts";

await runTool(async () => {
  const builder = env.imageBuilder();
  const [platform] = env.platforms();
  const found = platform === undefined ? undefined : await packageOf(platform);
  if (found === undefined) {
    return said(`no package of ${env.version()} for ${platform ?? "any platform"} is built: no image`);
  }
  const missing = await missingBase(builder, found.base);
  if (missing !== undefined) {
    // Only an image that others are to get is worth another attempt.
    if (env.imageRepository() !== undefined) throw new Error(missing);
    return said(missing);
  }

  const context = await mkdtemp("image-");
  try {
    await cp(join(import.meta.dirname, "image/Dockerfile"), join(context, "Dockerfile"));
    await writeFile(join(context, "muster.deb"), found.body);
    const image = `${env.imageRepository() ?? packageName}:${env.version()}`;
    await runProgram(builder, ["build", "--build-arg", `BASE=${found.base}`, "--tag", image, context], { show: true });
    if (env.imageRepository() === undefined)
      return said(`${image}, by ${builder}, on this machine only: no repository to push to`);
    await runProgram(builder, ["push", image], { show: true });
    return said(`${image}, by ${builder}`);
  } finally {
    await rm(context, { recursive: true });
  }
});

/** The package of a platform, and the image of that platform. What was built expires, what was published stays. */
async function packageOf(platform: Platform): Promise<{ body: Buffer; base: string } | undefined> {
  const s3 = openS3();
  const { scratch, downloads } = env.buckets();
  const artifact = binaryPackage({ version: env.version(), platform });
  const found =
    (await fetchBuiltPackage(s3, artifact, scratch)) ??
    (await withPublicKey(s3, downloads, (key) => fetchPublishedPackage(s3, artifact, { bucket: downloads, key })));
  if (found === undefined) return undefined;
  const slim = artifact.family === "debian" ? "-slim" : "";
  return { body: found.body, base: `docker.io/library/${artifact.family}:${artifact.codename}${slim}` };
}

/** Where nothing was ever published there is no key, and nothing to fetch. */
async function withPublicKey<T>(
  s3: S3Client,
  bucket: string,
  work: (key: PublicKey) => Promise<T>,
): Promise<T | undefined> {
  const stored = await get(s3, { bucket, key: publicKey.key });
  return stored && work(await readKey({ binaryKey: stored.body }));
}

function said(note: string): { note: string } {
  console.log(note);
  return { note };
}
