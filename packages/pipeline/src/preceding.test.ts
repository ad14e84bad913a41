import { expect, test } from "vitest";
import { activity } from "./declare-activity.ts";
import { approval } from "./declare-approval.ts";
import { forEachPlatform, forEachVersion, parallel, sequence } from "./flow.ts";
import { precedingOf, sharePlace, stepsOf } from "./preceding.ts";

const step = (name: string, per: "build" | "version" | "platform") =>
  activity({ name, per, script: "s.sh", timeout: 600, worker: { instanceTypes: ["t3.micro"] } } as never);
const Check = step("Check", "build");
const Source = step("Source", "version");
const Compile = step("Compile", "platform");
const Pack = step("Pack", "platform");
const Docs = step("Docs", "version");
const Ask = approval({ name: "Ask", summary: "Whether users get it" });
const Publish = step("Publish", "version");
const Announce = step("Announce", "build");
const flow = sequence(
  Check,
  forEachVersion(Source, parallel(sequence("Packages", forEachPlatform(Compile, Pack), Ask, Publish), Docs)),
  Announce,
);

const before = (name: string) =>
  precedingOf(flow, name)?.map(({ part, within }) => `${stepsOf(part).map((each) => each.name)} of a ${within}`);

test("what comes before a step is told from the build's beginning on, with how near it is", () => {
  expect(before("Check")).toEqual([]);
  expect(before("Source")).toEqual(["Check of a build"]);
  expect(before("Pack")).toEqual(["Check of a build", "Source of a version", "Compile of a platform"]);
  expect(before("Docs")).toEqual(["Check of a build", "Source of a version"]);
  expect(before("Publish")).toEqual([
    "Check of a build",
    "Source of a version",
    "Compile,Pack of a version",
    "Ask of a version",
  ]);
  expect(before("Announce")).toEqual(["Check of a build", "Source,Compile,Pack,Ask,Publish,Docs of a build"]);
  expect(before("Other")).toBeUndefined();
});

test("places share what names the kind of place that both are within", () => {
  const one = { per: "platform", version: "1", platform: "a" } as const;
  expect(sharePlace(one, { per: "build" }, "build")).toBe(true);
  expect(sharePlace(one, { per: "version", version: "1" }, "version")).toBe(true);
  expect(sharePlace(one, { per: "version", version: "2" }, "version")).toBe(false);
  expect(sharePlace(one, { ...one, platform: "b" }, "version")).toBe(true);
  expect(sharePlace(one, { ...one, platform: "b" }, "platform")).toBe(false);
  expect(sharePlace({ per: "version", version: "1" }, { per: "build" }, "version")).toBe(false);
});
