import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { placeOfUri } from "../artifacts/read-small.ts";
import { recordedStage, sha256Of } from "../testing/recorded-stage.ts";
import { columnsOf } from "../text-columns.ts";
import { showVerify } from "./show-verify.ts";
import type { VerifiedJson, VerifyJson } from "./verify-json.ts";

type RecordedStage = Awaited<ReturnType<typeof recordedStage>>;

const run = promisify(execFile);
const platform = "debian-12-bookworm";

async function verify(stage: RecordedStage, { key, columns }: { key?: string; columns?: number } = {}) {
  const { out, context } = stage.context(columns === undefined ? {} : { columns });
  const exitCode = await showVerify({ version: "1.2.3", key }, { ...context, signal: new AbortController().signal });
  return { exitCode, out };
}

async function asJson(stage: RecordedStage, key?: string) {
  const { out, context } = stage.context({ json: true });
  await showVerify({ version: "1.2.3", key }, { ...context, signal: new AbortController().signal });
  const report = JSON.parse(out.join("\n")) as VerifyJson;
  return { report, of: (uri: string) => report.objects.find((object) => object.uri === uri) as VerifiedJson };
}

async function released() {
  const stage = await recordedStage();
  const [deb, sums] = [stage.downloadsUri("1.2.3/hello.deb"), stage.downloadsUri("1.2.3/SHA256SUMS")];
  const uploads = { [deb]: "hello", [sums]: `${sha256Of("hello")}  hello.deb\n` };
  await stage.make({ activity: "MakePackage", version: "1.2.3", platform, uploads });
  return { stage, deb, sums, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

const remove = ({ clients }: RecordedStage, uri: string) => {
  const { bucket: Bucket, key: Key } = placeOfUri(uri);
  return clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
};

test("what is as its attempt made it is good, with all that vouches for it", async () => {
  await using world = await released();
  const { exitCode, out } = await verify(world.stage);
  expect(out).toEqual([
    "1.2.3: all 2 objects are good; 81 B read again",
    "",
    `✔    76 B  ${world.sums}  metadata, its attempt`,
    `✔     5 B  ${world.deb}  metadata, its attempt, SHA256SUMS`,
  ]);
  expect(exitCode).toBe(0);
});

test("a tampered object is told by its attempt's record and by the file of checksums, whatever it says of itself", async () => {
  await using world = await released();
  await world.stage.put(world.deb, "HELLO");
  const { exitCode, out } = await verify(world.stage);
  expect(exitCode).toBe(1);
  const [made, is] = [sha256Of("hello"), sha256Of("HELLO")];
  expect(out.slice(0, 6)).toEqual([
    "1.2.3: 1 of 2 objects is not good; 81 B read again",
    "",
    `✖ ${world.deb}`,
    `    its digest is ${is}`,
    `    the record of MakePackage-1.2.3-${platform} in 1.2.3_alice says ${made}`,
    `    ${world.sums} says ${made}`,
  ]);
});

test("one that another program replaced, which left no digest, is read and told", async () => {
  await using world = await released();
  await world.stage.put(world.deb, "HELLO", { isMusters: false });
  const { of } = await asJson(world.stage);
  expect(of(world.deb)).toMatchObject({
    good: false,
    sha256: sha256Of("HELLO"),
    checks: [
      { check: "record", good: false },
      { check: "stated", by: world.sums, good: false },
    ],
  });
});

test("one that users cannot have any longer is not good, and one that is gone from scratch is no wonder", async () => {
  await using world = await released();
  const source = world.stage.scratchUri("1.2.3.txt");
  await world.stage.make({ activity: "MakeSource", version: "1.2.3", uploads: { [source]: "source" } });
  await remove(world.stage, source);
  const first = await verify(world.stage);
  expect(first.exitCode).toBe(0);
  expect(first.out[0]).toBe("1.2.3: 2 of 3 objects are good; 1 is gone from scratch; 81 B read again");
  await remove(world.stage, world.deb);
  const second = await verify(world.stage);
  expect(second.exitCode).toBe(1);
  expect(second.out.slice(2, 4)).toEqual([
    `✖ ${world.deb}`,
    `    it is not there, and MakePackage-1.2.3-${platform} in 1.2.3_alice made it`,
  ]);
});

test("what nothing vouches for is neither good nor bad, and said first", async () => {
  await using stage = await recordedStage();
  await stage.put(stage.scratchUri("1.2.3.txt"), "source", { isMusters: false });
  const { exitCode, out } = await verify(stage);
  expect(exitCode).toBe(0);
  expect(out).toEqual([
    "1.2.3: none of 1 object is known to be good; nothing vouches for 1; 6 B read again",
    "",
    `? ${stage.scratchUri("1.2.3.txt")}`,
    "    nothing vouches for it",
  ]);
});

test("an index that a later version's attempt replaced is held against that attempt's record", async () => {
  await using world = await released();
  const index = world.stage.downloadsUri("index");
  const startedOn = "2026-11-24T12:00:00.000Z";
  await world.stage.make({ activity: "MakePackage", version: "1.2.3", platform, startedOn, uploads: { [index]: "1" } });
  await world.stage.make({ activity: "MakePackage", version: "1.2.4", platform, uploads: { [index]: "2" } });
  const { of } = await asJson(world.stage);
  expect(of(index)).toMatchObject({ good: true });
  expect(of(index).checks).toContainEqual({
    check: "record",
    by: `MakePackage-1.2.4-${platform} in 1.2.3_alice`,
    good: true,
    says: "the same digest",
  });
});

test("storage that fails in the middle is an error of the stage, and no verdict", async () => {
  await using world = await released();
  world.stage.aws.failCalls(
    { service: "s3", operation: "GetObject", when: (input) => JSON.stringify(input).includes("hello.deb") },
    { code: "AccessDenied", status: 403 },
  );
  await expect(verify(world.stage)).rejects.toMatchObject({ name: "Muster.Stage" });
});

test("on a terminal of 40 columns nothing but an URL or a digest is wider", async () => {
  await using world = await released();
  await world.stage.put(world.deb, "HELLO");
  const { out } = await verify(world.stage, { columns: 40 });
  expect(out.filter((line) => columnsOf(line) > 40 && /\s\S/.test(line.trim()) && !/s3:\/\//.test(line))).toEqual([]);
});

describe("signatures", async () => {
  const has = await run("sh", ["-c", "command -v gpg && command -v gpgv"]).then(
    () => true,
    () => false,
  );
  if (!has) console.log("signatures are not tried: this machine has no gpg or gpgv");
  let folder: string;
  const gpg = (...words: string[]) =>
    run("gpg", ["--batch", "--quiet", "--yes", "--homedir", join(folder, "gpg"), "--passphrase", "", ...words]);
  const key = async (name: string) => readFile(join(folder, `${name}.gpg`));

  beforeAll(async () => {
    if (!has) return;
    folder = await mkdtemp(join(tmpdir(), "muster-sign-"));
    await mkdir(join(folder, "gpg"), { mode: 0o700 });
    await writeFile(join(folder, "signed"), "hello");
    const at = "--faked-system-time=20200101T000000";
    await gpg("--quick-generate-key", "new@example.org", "ed25519", "sign", "never");
    await gpg(at, "--quick-generate-key", "old@example.org", "ed25519", "sign", "2020-02-01");
    for (const [name, ...more] of [["new"], ["old", at]] as const) {
      const user = ["--local-user", `${name}@example.org`];
      await gpg(
        ...more,
        ...user,
        "--armor",
        "--output",
        join(folder, `${name}.sig`),
        "--detach-sign",
        join(folder, "signed"),
      );
      await gpg("--output", join(folder, `${name}.gpg`), "--export", `${name}@example.org`);
      await gpg("--armor", "--output", join(folder, `${name}.asc`), "--export", `${name}@example.org`);
    }
    await gpg(
      "--local-user",
      "new@example.org",
      "--output",
      join(folder, "inline"),
      "--clearsign",
      join(folder, "signed"),
    );
    await run("gpgconf", ["--homedir", join(folder, "gpg"), "--kill", "all"]);
  }, 60_000);
  afterAll(async () => {
    if (has) await rm(folder, { recursive: true, force: true });
  });

  async function signed(by: string) {
    const world = await released();
    const signature = `${world.deb}.asc`;
    const content = (await readFile(join(folder, `${by}.sig`))).toString();
    await world.stage.make({ activity: "MakeSource", version: "1.2.3", uploads: { [signature]: content } });
    const check = async (keyFile?: string) =>
      (await asJson(world.stage, keyFile)).of(world.deb).checks.find((each) => each.check === "signature");
    return { ...world, signature, check };
  }

  test.skipIf(!has)("are checked with the keys that are published, binary or in ASCII", async () => {
    await using world = await signed("new");
    expect(await world.check()).toMatchObject({
      good: null,
      says: expect.stringContaining("no public key is published"),
    });
    await world.stage.put(
      world.stage.downloadsUri("hello-archive-keyring.asc"),
      await readFile(join(folder, "new.asc")),
    );
    const good = {
      good: true,
      by: world.signature,
      says: expect.stringMatching(/^signed by new@example\.org, key [0-9A-F]{40}$/),
    };
    expect(await world.check()).toMatchObject(good);
    await world.stage.put(world.stage.downloadsUri("hello-archive-keyring.gpg"), await key("new"));
    expect(await world.check()).toMatchObject(good);
    const { out } = await verify(world.stage);
    expect(out.at(-1)).toMatch(/^1 object signed by new@example\.org, key [0-9A-F]{40}$/);
  });

  test.skipIf(!has)("of other content, by a key that has expired, or by another key are none", async () => {
    await using world = await signed("new");
    await world.stage.put(world.stage.downloadsUri("keyring.gpg"), await key("new"));
    await world.stage.put(world.deb, "HELLO");
    expect(await world.check()).toMatchObject({
      good: false,
      says: expect.stringContaining("it is not what new@example.org"),
    });
    expect(await world.check(join(folder, "old.asc"))).toMatchObject({
      good: false,
      says: expect.stringContaining("which is none of the published keys"),
    });
    await using expired = await signed("old");
    await expired.stage.put(expired.stage.downloadsUri("keyring.gpg"), await key("old"));
    expect(await expired.check()).toMatchObject({
      good: false,
      says: expect.stringContaining("which has expired on 2020-02-01"),
    });
    await expect(asJson(expired.stage, join(folder, "signed"))).rejects.toThrow("is no OpenPGP public key");
    await expect(asJson(expired.stage, join(folder, "missing"))).rejects.toThrow("cannot be read: ENOENT");
  });

  test.skipIf(!has)("stand in the text itself where it is signed inline", async () => {
    await using world = await released();
    const { stage } = world;
    const [uri, text] = [stage.downloadsUri("1.2.3/list.asc"), (await readFile(join(folder, "inline"))).toString()];
    await stage.make({ activity: "MakeSource", version: "1.2.3", uploads: { [uri]: text } });
    await stage.put(stage.downloadsUri("keyring.gpg"), await key("new"));
    expect((await asJson(stage)).of(uri)).toMatchObject({ good: true });
    await stage.put(uri, text.replace("hello", "HELLO"));
    expect((await asJson(stage)).of(uri).checks).toContainEqual(
      expect.objectContaining({ check: "signature", good: false, by: uri }),
    );
  });
});
