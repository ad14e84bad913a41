import { createHash } from "node:crypto";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  type AptPackage,
  type BucketRole,
  formatControl,
  isAptPackage,
  type Published,
  parseControl,
} from "@muster/pipeline";
import { readText } from "@muster/records";

type Buckets = Readonly<Record<BucketRole, string>>;

/** What a played worker leaves where a script would: an object with a text in it, or a package that its suite's index names. */
export async function leaveEvidence(
  s3: S3Client,
  evidence: Published,
  { buckets, text }: { buckets: Buckets; text: string },
): Promise<void> {
  if (isAptPackage(evidence)) return offerPackage(s3, evidence, { bucket: buckets[evidence.suite.bucket], text });
  await s3.send(new PutObjectCommand({ Bucket: buckets[evidence.bucket], Key: evidence.key, Body: text }));
}

async function offerPackage(
  s3: S3Client,
  { suite: { key: suite }, ...named }: AptPackage,
  { bucket, text }: { bucket: string; text: string },
): Promise<void> {
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const architecture = named.architecture ?? "amd64";
  const index = `main/binary-${architecture}/Packages`;
  const before = await readText(s3, { bucket, key: `${suite}/${index}` });
  const file = `pool/main/${named.package}_${named.version}_${architecture}.deb`;
  const packages = formatControl([
    ...parseControl(before?.text ?? ""),
    new Map([
      ["Package", named.package],
      ["Version", named.version],
      ["Architecture", architecture],
      ["Filename", file],
      ["Size", String(text.length)],
    ]),
  ]);
  await put(`${suite.replace(/dists\/.*$/, "")}${file}`, text);
  await writeIndex(s3, { bucket, suite, index, packages });
}

/** Users' apt finds the package no longer. */
export async function dropPackage(
  s3: S3Client,
  { suite: { bucket: role, key: suite }, package: name, version, architecture = "amd64" }: AptPackage,
  buckets: Buckets,
): Promise<void> {
  const bucket = buckets[role];
  const index = `main/binary-${architecture}/Packages`;
  const before = await readText(s3, { bucket, key: `${suite}/${index}` });
  const rest = parseControl(before?.text ?? "").filter(
    (fields) => fields.get("Package") !== name || fields.get("Version") !== version,
  );
  await writeIndex(s3, { bucket, suite, index, packages: formatControl(rest) });
}

interface Index {
  readonly bucket: string;
  /** The folder of InRelease. */
  readonly suite: string;
  readonly index: string;
  readonly packages: string;
}

async function writeIndex(s3: S3Client, { bucket, suite, index, packages }: Index): Promise<void> {
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  await put(`${suite}/${index}`, packages);
  const sha256 = createHash("sha256").update(packages).digest("hex");
  await put(`${suite}/InRelease`, `SHA256:\n ${sha256} ${packages.length} ${index}\n`);
}
