import { type BuildHistory, type Step, type StepState, unreadBuild } from "@muster/history";
import {
  activity,
  approval,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  type Place,
  parallel,
  placeWords,
  sequence,
  taskName,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { retryOf, whatToRetry } from "./what-to-retry.ts";

const PLATFORMS = ["debian-12-bookworm", "debian-13-trixie"] as const;
const step = <P extends Place["per"]>(name: string, per: P) =>
  activity({ name, per, script: "s.sh", timeout: 600, worker: { instanceTypes: ["t3.micro"] } } as never) as never;
const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms(...PLATFORMS),
  flow: sequence(
    forEachVersion(
      step("Source", "version"),
      parallel(
        sequence(
          "Packages",
          forEachPlatform(step("Compile", "platform"), step("Check", "platform")),
          approval({ name: "Ask", summary: "Whether users get it" }),
          step("Publish", "version"),
        ),
        step("Docs", "version"),
      ),
    ),
    step("Announce", "build"),
  ),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

const at = new Date("2026-11-24T12:00:00Z");
const version = (name: string): Place => ({ per: "version", version: name });
const platforms = (name: string): Place[] =>
  PLATFORMS.map((platform) => ({ per: "platform", version: name, platform }));

function stepAt(name: string, place: Place, state: StepState, more: Partial<Step> = {}): Step {
  const ended = { succeeded: true, failed: true, skipped: true }[state as string] && { endedAt: at };
  const kind = name === "Ask" ? "approval" : name.startsWith("Update") ? "function" : "activity";
  return {
    kind,
    name,
    key: taskName(name, place),
    state,
    enteredAt: at,
    attempts: [],
    ...ended,
    ...place,
    ...more,
  } as Step;
}

/** A build of which all has succeeded, but for what is said of some; undefined is what it never came to. */
function build(
  versions: readonly string[],
  said: Readonly<Record<string, StepState | undefined>>,
  more: Partial<BuildHistory> = {},
): BuildHistory {
  const all: readonly (readonly [string, Place])[] = [
    ...versions.flatMap((name): [string, Place][] => [
      ["Source", version(name)],
      ...["Compile", "Check"].flatMap((each) => platforms(name).map((place): [string, Place] => [each, place])),
      ["Ask", version(name)],
      ["Publish", version(name)],
      ["Docs", version(name)],
    ]),
    ["Announce", { per: "build" }],
  ];
  const steps = all.flatMap(([name, place]) => {
    const key = [taskName(name, place), taskName(name, version(placeWords(place)[0] ?? "")), name].find(
      (each) => each in said,
    );
    const state = key === undefined ? "succeeded" : said[key];
    return state === undefined ? [] : [stepAt(name, place, state)];
  });
  const input = { versions: [...versions], platforms: [], activities: [], debug: "" as const };
  return { ...unreadBuild, state: "failed", startedAt: at, endedAt: at, input, steps, ...more };
}

const retried = (of: BuildHistory) => Object.fromEntries(whatToRetry(of, pipeline).map(({ task, why }) => [task, why]));

test("what failed is done again, with what succeeded without it, and nothing beside it", () => {
  const failed = build(["1.2.3", "1.2.4"], {
    "Compile-1.2.3-debian-12-bookworm": "failed",
    "Check-1.2.3-debian-12-bookworm": undefined,
    Announce: "skipped",
  });
  expect(retried(failed)).toEqual({
    "Compile-1.2.3-debian-12-bookworm": "failed",
    "Check-1.2.3-debian-12-bookworm": "waited for what failed",
    "Publish-1.2.3": "ran without what failed",
    Announce: "waited for what failed",
  });
  expect(retryOf("first", whatToRetry(failed, pipeline), failed)).toEqual({
    build: "first",
    again: ["Compile-1.2.3-debian-12-bookworm", "Publish-1.2.3"],
    waited: ["Check-1.2.3-debian-12-bookworm", "Announce"],
  });
});

test("of a version that came to nothing, all waits; its platforms need not be known", () => {
  const nothing = Object.fromEntries(
    ["Compile", "Check", "Ask", "Publish", "Docs"].map((name) => [`${name}-1.2.4`, undefined]),
  );
  const failed = build(["1.2.3", "1.2.4"], { "Source-1.2.4": "failed", ...nothing, Announce: undefined });
  const waits = "waited for what failed";
  expect(retried(failed)).toEqual({
    "Source-1.2.4": "failed",
    "Compile-1.2.4": waits,
    "Check-1.2.4": waits,
    "Publish-1.2.4": waits,
    "Docs-1.2.4": waits,
    Announce: waits,
  });
  expect(whatToRetry(failed, pipeline).filter(({ allPlatforms }) => allPlatforms)).toHaveLength(2);
});

test("platforms that all fare alike are said in one word", () => {
  const failed = build(["1.2.3"], { "Compile-1.2.3": "failed", "Check-1.2.3": undefined });
  expect(retryOf("first", whatToRetry(failed, pipeline), failed)).toEqual({
    build: "first",
    again: ["Compile-1.2.3", "Publish-1.2.3", "Announce"],
    waited: ["Check-1.2.3"],
  });
});

test("of a build that was stopped, what ran is done again, and what it had not come to waits", () => {
  const stopped = build(
    ["1.2.3"],
    {
      "Check-1.2.3-debian-13-trixie": "running",
      "Ask-1.2.3": undefined,
      "Publish-1.2.3": undefined,
      Announce: undefined,
    },
    { state: "aborted" },
  );
  expect(retried(stopped)).toEqual({
    "Check-1.2.3-debian-13-trixie": "was cut off",
    "Publish-1.2.3": "was not started",
    Announce: "was not started",
  });
});

test("what a person has refused waits again; what an approval found needless does not", () => {
  const rejected = build(["1.2.3"], { "Ask-1.2.3": "failed", "Publish-1.2.3": undefined, Announce: "skipped" });
  expect(Object.keys(retried(rejected))).toEqual(["Publish-1.2.3", "Announce"]);
  const needless = build(["1.2.3"], { "Docs-1.2.3": "failed", "Publish-1.2.3": undefined, Announce: "skipped" });
  const steps = needless.steps.map((each) =>
    each.name === "Ask" ? { ...each, state: "skipped" as const, endsHere: true as const } : each,
  );
  expect(Object.keys(retried({ ...needless, steps }))).toEqual(["Docs-1.2.3", "Announce"]);
});

test("what brings changes to users is done again, and steps that the build was not asked for are not", () => {
  const all = build(["1.2.3"], {});
  const publication = stepAt("UpdateIndices", { per: "build" }, "failed");
  expect(retried({ ...all, steps: [...all.steps, publication] })).toEqual({ UpdateIndices: "failed" });
  const narrow = build(["1.2.3"], { "Compile-1.2.3-debian-12-bookworm": "failed", Check: "skipped" });
  const input = { versions: ["1.2.3"], platforms: [], activities: ["Compile"], debug: "" as const };
  expect(Object.keys(retried({ ...narrow, input }))).toEqual(["Compile-1.2.3-debian-12-bookworm"]);
});

test("of a build that left nothing undone, nothing is", () => {
  expect(whatToRetry(build(["1.2.3"], {}), pipeline)).toEqual([]);
});
