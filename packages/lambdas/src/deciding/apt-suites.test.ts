import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { aptPackage, formatControl } from "@muster/pipeline";
import { digestMetadata, madeByMetadata, makerLine, passedOnMetadata } from "@muster/records";
import { expect, onTestFinished, test } from "vitest";
import { lookout } from "./lookout.ts";

const buckets = { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" };
const suite = "debian/dists/bookworm";
const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const wanted = aptPackage({ suite, package: "hhvm", version: "4.28.3-1~bookworm" });

interface Listed {
  readonly version: string;
  readonly content: string;
  readonly architecture?: string;
}

/** A repository of one suite, as reprepro writes it. */
async function repository({ plain = false, byHash = false } = {}) {
  const aws = createLocalAws();
  onTestFinished(() => aws.close());
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true, maxAttempts: 1 });
  await s3.send(new CreateBucketCommand({ Bucket: "downloads" }));
  const put = (
    Key: string,
    Body: string | Buffer,
    more: Pick<PutObjectCommandInput, "ChecksumSHA256" | "Metadata"> = {},
  ) => s3.send(new PutObjectCommand({ Bucket: "downloads", Key, Body, ...more }));
  const pooled = ({ version, architecture = "amd64" }: Listed) =>
    `pool/main/h/hhvm/hhvm_${version}_${architecture}.deb`;
  return {
    aws,
    s3,
    put,
    pool: (listed: Listed, content = listed.content) => put(`debian/${pooled(listed)}`, content),
    async index(packages: readonly Listed[], term = ""): Promise<void> {
      const text = formatControl(
        packages.map(
          (listed) =>
            new Map([
              ["Package", "hhvm"],
              ["Version", listed.version],
              ["Architecture", listed.architecture ?? "amd64"],
              ["Filename", pooled(listed)],
              ["Size", `${listed.content.length}`],
              ["SHA256", sha256(listed.content)],
            ]),
        ),
      );
      const path = `main/binary-amd64/Packages${plain ? "" : ".gz"}`;
      const body = plain ? Buffer.from(text) : gzipSync(text);
      const key = byHash ? `main/binary-amd64/by-hash/SHA256/${sha256(body)}` : path;
      await put(`${suite}/${key}`, body);
      const release = `Codename: bookworm\n${term}${byHash ? "Acquire-By-Hash: yes\n" : ""}SHA256:\n ${sha256(body)} ${body.length} ${path}\n`;
      const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${release}-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n`;
      await put(`${suite}/InRelease`, signed);
    },
    factsOf: () => lookout(s3, buckets).factsOf(wanted),
    look: () => lookout(s3, buckets).isThere,
    validUntil: () => lookout(s3, buckets).validUntil(suite),
  };
}

const older = { version: "4.28.3-1~bookworm", content: "the older series" };
const newer = { version: "4.100.0-1~bookworm", content: "the newer series" };

test.each([
  ["as a text", { plain: true }],
  ["compressed", {}],
  ["under its digest", { byHash: true }],
])("a package is there when the index, %s, names it and its file is that one", async (_, form) => {
  const { index, pool, look } = await repository(form);
  await pool(older);
  expect(await look()(wanted)).toBe(false);
  await index([newer]);
  // In the pool, and skipped by what wrote the index: nobody gets it.
  expect(await look()(wanted)).toBe(false);
  await index([newer, older]);
  expect(await look()(wanted)).toBe(true);
});

test("a package that the index names is not there while its file is not, or is another one", async () => {
  const { index, pool, put, look } = await repository();
  await index([older]);
  expect(await look()(wanted)).toBe(false);
  await pool(older, "of another size");
  expect(await look()(wanted)).toBe(false);
  const file = "debian/pool/main/h/hhvm/hhvm_4.28.3-1~bookworm_amd64.deb";
  const other = "The Older Series";
  await put(file, other, { ChecksumSHA256: createHash("sha256").update(other).digest("base64") });
  expect(await look()(wanted)).toBe(false);
  await put(file, other, { Metadata: digestMetadata(sha256(other)) });
  expect(await look()(wanted)).toBe(false);
  await put(file, older.content, { Metadata: digestMetadata(sha256(older.content)) });
  expect(await look()(wanted)).toBe(true);
});

test("a package that the index names tells what made it, as its file does", async () => {
  const { index, put, factsOf } = await repository();
  const lines = ["Make-1", "Publish-1"].map((task) => makerLine({ task, script: sha256(task), env: {} }));
  const [make = "", publish = ""] = lines;
  const metadata = { ...madeByMetadata(publish, new Map()), ...passedOnMetadata(publish, make) };
  await put("debian/pool/main/h/hhvm/hhvm_4.28.3-1~bookworm_amd64.deb", older.content, { Metadata: metadata });
  expect(await factsOf()).toBeUndefined();
  await index([older]);
  expect(await factsOf()).toMatchObject({
    size: older.content.length,
    made: { task: "Publish-1" },
    madeFirst: { task: "Make-1" },
  });
});

test("an architecture that is asked for is looked for", async () => {
  const { index, pool, look } = await repository();
  const arm = { ...older, architecture: "arm64" };
  await pool(arm);
  await index([arm]);
  const isThere = look();
  expect(await isThere(wanted)).toBe(true);
  expect(await isThere({ ...wanted, architecture: "arm64" })).toBe(true);
  expect(await isThere({ ...wanted, architecture: "amd64" })).toBe(false);
});

test("where an index is half written, or S3 says nothing, it is not known", async () => {
  const { aws, index, put, pool, look } = await repository();
  await pool(older);
  await index([older]);
  const isThere = look();
  const heal = aws.failCalls({ operation: "GetObject" }, { code: "InternalError", status: 500 });
  await expect(isThere(wanted)).rejects.toThrow(`what s3://downloads/${suite}/InRelease holds is not known`);
  heal();
  await put(`${suite}/main/binary-amd64/Packages.gz`, gzipSync("Package: other\n"));
  await expect(isThere(wanted)).rejects.toThrow("is not what InRelease beside it vouches for");
  await index([older]);
  expect(await isThere(wanted)).toBe(true);
});

test("a suite says how long it holds, or does not", async () => {
  const { index, validUntil } = await repository();
  expect(await validUntil()).toBeUndefined();
  await index([older]);
  expect(await validUntil()).toBeUndefined();
  await index([older], "Valid-Until: Sat, 27 Feb 2027 10:00:00 UTC\n");
  expect(await validUntil()).toEqual(new Date("2027-02-27T10:00:00Z"));
});

test("where nothing was ever built there are no buckets, and no packages", async () => {
  const { s3, look } = await repository();
  await s3.send(new DeleteBucketCommand({ Bucket: "downloads" }));
  expect(await look()(wanted)).toBe(false);
});
