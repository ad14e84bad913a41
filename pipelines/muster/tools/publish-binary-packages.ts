import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { type Fields, parseControl } from "@muster/pipeline";
import type { PrivateKey } from "openpgp";
import { type BinaryPackage, binaryPackage, packageName, publicKey } from "../artifacts.ts";
import { fetchBuiltPackage } from "./built-package.ts";
import { env } from "./env.ts";
import { exists, openS3, parseUrl, publishOnce, put } from "./objects.ts";
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
  return { note: outcomes.join(", ") };
});

async function publish(s3: S3Client, artifact: BinaryPackage, key: PrivateKey): Promise<string> {
  const { scratch, downloads } = env.buckets();
  const checksum = { bucket: downloads, key: artifact.publishedChecksum.key };
  if (await exists(s3, checksum)) return "was published before";
  const built = await fetchBuiltPackage(s3, artifact, scratch);
  if (built === undefined) return "is not built";

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
  const { family, codename } = artifact;
  const suite = { bucket: downloads, folder: `${family}/dists/${codename}`, codename };
  const added = await publishSuite(s3, suite, { packages: [paragraph], key });
  // Last: it says that the package is where apt finds it.
  await put(s3, { place: checksum, body: built.checksum, contentType: "text/plain", when: "always" });
  return added ? "published" : "was in the index before";
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
