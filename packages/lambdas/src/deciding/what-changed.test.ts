import { createHash } from "node:crypto";
import {
  activity,
  type BuildInput,
  type Decision,
  definePipeline,
  downloads,
  evidenceText,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  type PlatformSubject,
  scratch,
  textInput,
} from "@muster/pipeline";
import { madeByMetadata, madeByOf, madeFirstOf, makerLine, passedOnMetadata } from "@muster/records";
import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { ObjectFacts } from "./head-object.ts";
import { isMadeOtherwise } from "./what-changed.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const common = { timeout: 600, worker: { instanceTypes: ["t3.micro"] }, script: "make.sh" } as const;
const Source = activity({
  ...common,
  name: "Source",
  per: "version",
  produces: ({ version }) => [scratch(`source/${version}`)],
});
const Make = activity({
  ...common,
  name: "Make",
  per: "platform",
  produces: ({ version, platform }) => [
    scratch(`built/${version}/${platform}`),
    scratch(`built/${version}/${platform}.sha256`),
  ],
  publishes: ({ version, platform }) => [downloads(`pool/${version}/${platform}`)],
});
const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms("debian-12-bookworm"),
  inputs: { target: textInput({ summary: "Where to", default: "staging" }) },
  flow: forEachVersion(Source, forEachPlatform(Make)),
  env: () => ({ BRANCH: "main" }),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});
const buckets = { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" };
const subject: PlatformSubject = {
  per: "platform",
  version: "1.2.3",
  platform: "debian-12-bookworm",
  platforms: ["debian-12-bookworm"],
  buildPlatforms: ["debian-12-bookworm"],
};
const task = "Make-1.2.3-debian-12-bookworm";
const source = "s3://scratch/source/1.2.3";
const built = ["s3://scratch/built/1.2.3/debian-12-bookworm", "s3://scratch/built/1.2.3/debian-12-bookworm.sha256"];
const script = sha256("script");
const usual = { BRANCH: "main", INPUT_TARGET: "staging", DISTRO: "debian-12-bookworm" };

interface Was {
  readonly task?: string;
  readonly script?: string;
  readonly env?: Record<string, string>;
  readonly source?: string;
  /** Who has stored it, of whoever made it. */
  readonly by?: string;
}

/** What is said of packages that were made so, when all is as it is here now. */
async function reasonOf(
  was: Was | undefined,
  build: Partial<BuildInput> = {},
  { now = sha256("source"), own }: { now?: string | null; own?: Decision } = {},
) {
  const asked: string[] = [];
  const made = was === undefined ? undefined : makerLine({ task, script, env: usual, ...was });
  const by = was?.by === undefined ? undefined : makerLine({ task: was.by, script: sha256("publish"), env: {} });
  const sources = new Map([
    [source, was?.source ?? sha256("source")],
    ["s3://scratch/cache", sha256("cache")],
  ]);
  const metadata = made === undefined ? undefined : madeByMetadata(by ?? made, sources);
  const madeFirst = made === undefined || by === undefined ? undefined : madeFirstOf(passedOnMetadata(by, made));
  const facts = new Map<string, ObjectFacts>([
    ...built.map((url) => [url, { size: 1, sha256: undefined, made: madeByOf(metadata), madeFirst }] as const),
    [source, { size: 1, sha256: now ?? undefined }],
  ]);
  const factsOf = async (object: Parameters<typeof evidenceText>[0]) => {
    const url = evidenceText(object, buckets);
    asked.push(url);
    return facts.get(url);
  };
  const { reason } = await decide(
    { activity: own === undefined ? Make : activity({ ...Make, shouldRun: async () => own }), subject },
    {
      build: { versions: ["1.2.3"], platforms: [], activities: [], debug: "", inputs: { target: "staging" }, ...build },
      buckets,
      now: () => new Date(0),
      isThere: async (evidence) => facts.has(evidenceText(evidence, buckets)),
      validUntil: async () => undefined,
      making: { pipeline, scriptOf: () => script, factsOf },
    },
  );
  return { reason, asked };
}
const exist = `${built.join(", ")} exist`;

test.each<[text: string, was: Was | undefined, build?: Partial<BuildInput>]>([
  ["", {}],
  ["", undefined],
  [", made by another script", { script: sha256("older") }],
  [", made with another INPUT_TARGET", {}, { inputs: { target: "production" } }],
  [", made with another BRANCH", { env: { ...usual, BRANCH: "old" } }],
  // What a later Muster, or a later definition, tells besides.
  ["", { env: { DISTRO: "debian-12-bookworm" } }],
  [", made of other sources: s3://scratch/source/1.2.3", { source: sha256("older") }],
  [
    ", made by another script and with another INPUT_TARGET, BRANCH and of other sources: s3://scratch/source/1.2.3",
    { script: sha256("older"), env: { BRANCH: "old", INPUT_TARGET: "old" }, source: sha256("older") },
  ],
  // Another task uploaded it: an activity publishes what another makes.
  ["", { task: "Publish-1.2.3", script: sha256("older") }],
])('what is there is skipped all the same, and it says "%s"', async (text, was, build) => {
  const { reason } = await reasonOf(was, build);
  expect(reason).toBe(`${exist}${text}`);
  expect(isMadeOtherwise(reason)).toBe(text !== "");
});

test.each<[was: Was | undefined, run: boolean, reason: string]>([
  [{ script: sha256("older") }, false, "published; what is there was made by another script"],
  [{ source: sha256("older") }, false, "published; what is there was made of other sources: s3://scratch/source/1.2.3"],
  [{}, false, "published"],
  [undefined, false, "published"],
  [{ script: sha256("older") }, true, "published"],
])("a step that decides itself says what has changed where it is skipped: %j, %j: %s", async (was, run, reason) => {
  const told = await reasonOf(was, {}, { own: { run, reason: "published" } });
  expect(told.reason).toBe(reason);
  expect(isMadeOtherwise(reason)).toBe(reason !== "published");
});

test("what another task has passed on tells what made it first", async () => {
  const by = "Publish-1.2.3";
  expect((await reasonOf({ by })).reason).toBe(exist);
  expect((await reasonOf({ by, script: sha256("older") })).reason).toBe(`${exist}, made by another script`);
});

test("what is made again says so of what is there too", async () => {
  const { reason } = await reasonOf({ script: sha256("older") }, { rerun: { Make: [] } });
  expect(reason).toBe(`made again (--rerun), although ${exist}, made by another script`);
});

test("one look at each source that was read and that a step makes, none at others, and none where nothing is recorded", async () => {
  const looks = async (was: Was | undefined) =>
    (await reasonOf(was)).asked.filter((url) => !built.includes(url) && !url.includes("/pool/"));
  expect(await looks({})).toEqual([source]);
  expect(await looks(undefined)).toEqual([]);
});

test("a source that is gone, and one that nobody knows the digest of, tell nothing", async () => {
  const { reason } = await reasonOf({ source: sha256("older") }, {}, { now: null });
  expect(reason).toBe(exist);
});

test("only what this module writes counts as made otherwise", () => {
  expect(isMadeOtherwise("s3://a exists")).toBe(false);
  expect(isMadeOtherwise("made again (--rerun), although s3://a exists")).toBe(false);
});
