import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { recordedStage, sha256Of } from "../testing/recorded-stage.ts";
import { columnsOf } from "../text-columns.ts";
import type { ArtifactsJson } from "./artifacts-json.ts";
import { placeOfUri } from "./read-small.ts";
import { showArtifacts } from "./show-artifacts.ts";

type RecordedStage = Awaited<ReturnType<typeof recordedStage>>;

async function shown(stage: RecordedStage, version: string, { columns }: { columns?: number } = {}) {
  const { out, errors, context } = stage.context(columns === undefined ? {} : { columns });
  await showArtifacts({ version }, context);
  return { out, errors };
}

async function asJson(stage: RecordedStage, version: string): Promise<ArtifactsJson> {
  const { out, context } = stage.context({ json: true });
  await showArtifacts({ version }, context);
  return JSON.parse(out.join("\n"));
}

const platform = "debian-12-bookworm";
const startedOn = "2026-11-24T12:00:00.000Z";

test("what each attempt uploaded is listed with size and digest, below who made it, and what is still to come", async () => {
  await using stage = await recordedStage();
  const deb = stage.downloadsUri("hello.deb");
  await stage.make({ activity: "MakePackage", version: "1.2.3", platform, startedOn, uploads: { [deb]: "hello" } });
  const { out } = await shown(stage, "1.2.3");
  expect(out).toEqual([
    "1.2.3: 1 object of 1 task, 5 B; 1 task has made nothing yet",
    "",
    "MakePackage  debian-12-bookworm",
    "  an attempt in 1.2.3_alice, by i-1",
    expect.stringMatching(new RegExp(`^ +5 B {2}\\d{4}-\\S+ \\d\\d:\\d\\d {2}${sha256Of("hello")} {2}${deb}$`)),
    "",
    "MakeSource  nothing yet",
  ]);
});

test("of one that nobody recorded the definition tells, and the file of checksums beside it", async () => {
  await using stage = await recordedStage();
  const [source, sums] = [stage.scratchUri("1.2.3.txt"), stage.scratchUri("1.2.3.txt.sha256")];
  await stage.put(source, "source", { isMusters: false });
  expect((await asJson(stage, "1.2.3")).objects).toMatchObject([
    { uri: source, task: "MakeSource-1.2.3", sha256: null, sha256From: null, madeBy: null },
  ]);
  await stage.make({
    activity: "MakeSource",
    version: "1.2.3",
    uploads: { [sums]: `${sha256Of("source")}  1.2.3.txt\n${sha256Of("")} *other.txt\n` },
  });
  expect((await asJson(stage, "1.2.3")).objects).toMatchObject([
    { uri: source, sha256: sha256Of("source"), sha256From: "stated", statedBy: [sums], madeBy: null },
    { uri: sums, sha256From: "metadata", madeBy: { build: "1.2.3_alice", instance: "i-1", attempt: null } },
  ]);
});

test("what a later attempt wrote anew says whose it is now, what is gone and what nobody recorded say so", async () => {
  await using stage = await recordedStage();
  const [index, tampered, gone] = ["Index", "tampered", "gone"].map(stage.downloadsUri) as [string, string, string];
  const uploads = { [index]: "1", [tampered]: "as made", [gone]: "x" };
  await stage.make({ activity: "MakePackage", version: "1.2.3", platform, startedOn, uploads });
  await stage.make({ activity: "MakePackage", version: "1.2.4", platform, uploads: { [index]: "2" } });
  await stage.put(tampered, "tampered with");
  const { bucket: Bucket, key: Key } = placeOfUri(gone);
  await stage.clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  expect((await asJson(stage, "1.2.3")).objects).toMatchObject([
    { uri: index, state: "replaced", sha256: sha256Of("2"), replacedBy: { task: `MakePackage-1.2.4-${platform}` } },
    { uri: gone, state: "gone", bytes: null, sha256: null, madeBy: { sha256: sha256Of("x") } },
    { uri: tampered, state: "changed", sha256: sha256Of("tampered with") },
  ]);
  const { out } = await shown(stage, "1.2.3");
  expect(out[0]).toBe("1.2.3: 2 objects of 1 task, 14 B; 1 changed since; 1 gone; 1 task has made nothing yet");
  expect(out.find((line) => line.includes(index))).toContain(`replaced by MakePackage-1.2.4-${platform}`);
});

test("an attempt of another version, of which this one's name is the beginning, is not counted", async () => {
  await using stage = await recordedStage();
  await stage.put(stage.scratchUri("1.2.3.txt"), "source");
  const other = stage.scratchUri("other");
  await stage.make({ activity: "MakeSource", version: "1.2.3-rc1", uploads: { [other]: "x" } });
  expect((await asJson(stage, "1.2.3")).objects.map(({ uri }) => uri)).toEqual([stage.scratchUri("1.2.3.txt")]);
});

test("on a terminal digests are shortened, and then stand below, and no line but an URL is wider", async () => {
  await using stage = await recordedStage();
  const deb = stage.downloadsUri("a/rather/long/way/to/hello.deb");
  await stage.make({ activity: "MakePackage", version: "1.2.3", platform, startedOn, uploads: { [deb]: "hello" } });
  const digest = sha256Of("hello");
  const wide = (await shown(stage, "1.2.3", { columns: 110 })).out;
  expect(wide.find((line) => line.includes(deb))).toContain(` ${digest.slice(0, 12)}  s3://`);
  for (const columns of [40, 80]) {
    const { out } = await shown(stage, "1.2.3", { columns });
    expect(out.join("\n")).toContain(digest.slice(0, 12));
    expect(out.filter((line) => columnsOf(line) > columns && /\s\S/.test(line.trim()))).toEqual([]);
  }
});

test("an unknown version is refused with the nearest one, and what is none with the scheme", async () => {
  await using stage = await recordedStage();
  await expect(shown(stage, "1.2.3")).rejects.toMatchObject({ message: "nothing of a version 1.2.3 was built here" });
  await expect(shown(stage, "word")).rejects.toThrow("is not a version");
});

test("storage that does not answer is no empty storage", async () => {
  await using stage = await recordedStage();
  stage.aws.failCalls({ service: "s3", operation: "HeadObject" }, { code: "AccessDenied", status: 403 });
  await expect(shown(stage, "1.2.3")).rejects.toMatchObject({
    name: "Muster.Stage",
    message: expect.stringMatching(/^whether s3:\/\/\S+ is there is not known: /),
  });
});

test("what former builds recorded by build alone is listed like the rest", async () => {
  await using stage = await recordedStage();
  const deb = stage.downloadsUri("hello.deb");
  await stage.make({ activity: "MakePackage", version: "1.2.3", platform, startedOn, uploads: { [deb]: "hello" } });
  const before = (await shown(stage, "1.2.3")).out;
  await stage.move((key) => key.replace("attempts/MakePackage/", "attempts/"));
  expect((await shown(stage, "1.2.3")).out).toEqual(before);
});

test("a record that says that it is another activity's than its key does, whose workers alone write there, is believed by nobody", async () => {
  await using stage = await recordedStage();
  const deb = stage.downloadsUri("hello.deb");
  await stage.make({ activity: "MakePackage", version: "1.2.3", platform, startedOn, uploads: { [deb]: "hello" } });
  await stage.move((key) => key.replaceAll("MakePackage", "MakeSource"));
  await stage.put(stage.scratchUri("1.2.3.txt"), "source");
  const { out, errors } = await shown(stage, "1.2.3");
  expect(out.join("\n")).not.toContain("by i-1");
  expect(errors.join("\n")).toContain("attempts/MakeSource/1.2.3_alice/");
  expect(errors.join("\n")).toContain("is no attempt's record");
});

test("a record that is none is said, and the rest is told", async () => {
  await using stage = await recordedStage();
  const key = "attempts/MakeSource/b/MakeSource-1.2.3/2026-11-24T12-00-00-000Z_i-1.json";
  await stage.put(`s3://${stage.description.buckets.state}/${key}`, "{}");
  await stage.put(stage.scratchUri("1.2.3.txt"), "source");
  const { out, errors } = await shown(stage, "1.2.3");
  expect(out[0]).toBe("1.2.3: 1 object of 1 task, 6 B");
  expect(errors.join("\n")).toContain(`${key} is no attempt's record`);
});
