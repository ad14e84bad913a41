import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { channelOf, type Fields, parseControl } from "@muster/pipeline";
import type { PrivateKey } from "openpgp";
import { type BinaryPackage, binaryPackage, channels, packageName, publicKey, suitesOf } from "../artifacts.ts";
import { fetchBuiltPackage, fetchPublishedPackage } from "./built-package.ts";
import { env } from "./env.ts";
import { openS3, parseUrl, publishOnce } from "./objects.ts";
import { publishSuite } from "./publish-suite.ts";
import { runProgram } from "./run-program.ts";
import { runTool } from "./run-tool.ts";
import { openSigningKey } from "./signing-key.ts";

await runTool(async () => {
  const s3 = openS3();
  const { downloads } = env.buckets();
  const key = await openSigningKey(s3, {
    privateKey: parseUrl(env.signingKey()),
    publicKey: { bucket: downloads, key: publicKey.key },
  });
  const outcomes: string[] = [];
  for (const platform of env.platforms()) {
    const outcome = await publish(s3, binaryPackage({ version: env.version(), platform }), key);
    console.log(`${platform}: ${outcome}`);
    outcomes.push(`${platform} ${outcome}`);
  }
  const renewed = await renewSuites(s3, key);
  return { note: [...outcomes, ...renewed.map((folder) => `${folder} signed anew`)].join(", ") };
});

/** Every suite of the version's platforms, so that what publishes one channel keeps the other's valid too. */
async function renewSuites(s3: S3Client, key: PrivateKey): Promise<string[]> {
  const bucket = env.buckets().downloads;
  const renewed: string[] = [];
  for (const suite of env.platforms().flatMap(suitesOf)) {
    if (await publishSuite(s3, { bucket, ...suite }, { packages: [], key })) renewed.push(suite.folder);
  }
  return renewed;
}

async function publish(s3: S3Client, artifact: BinaryPackage, key: PrivateKey): Promise<string> {
  const { scratch, downloads } = env.buckets();
  const built = await fetchBuiltPackage(s3, artifact, scratch);
  if (built === undefined) {
    const published = await fetchPublishedPackage(s3, artifact, { bucket: downloads, key: key.toPublic() });
    return published === undefined ? "is not built" : "was published before";
  }

  const filename = `pool/main/${packageName[0]}/${packageName}/${built.name}`;
  await publishOnce(s3, {
    place: { bucket: downloads, key: `${artifact.family}/${filename}` },
    body: built.body,
    contentType: "application/vnd.debian.binary-package",
  });
  const paragraph = new Map([
    ...(await controlOf(built.body)),
    ["Filename", filename],
    ["Size", String(built.body.length)],
    ["SHA256", built.sha256],
  ]);
  const { published, suite: name } = artifact;
  const channel = channelOf(channels, env.version());
  const suite = { bucket: downloads, folder: published.suite.key, suite: name, channel };
  return (await publishSuite(s3, suite, { packages: [paragraph], key })) ? "published" : "was published before";
}

async function controlOf(deb: Buffer): Promise<Fields> {
  const folder = await mkdtemp(join(tmpdir(), "muster-deb-"));
  try {
    const file = join(folder, "package.deb");
    await writeFile(file, deb);
    const [fields] = parseControl(await runProgram("dpkg-deb", ["--field", file]));
    if (fields === undefined) throw new Error("dpkg-deb printed no control fields");
    return fields;
  } finally {
    await rm(folder, { recursive: true });
  }
}
