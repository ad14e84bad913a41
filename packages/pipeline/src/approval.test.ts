import { describe, expect, test } from "vitest";
import { exampleActivity, examplePipeline } from "../testing/example-pipeline.ts";
import { type ApprovalDefinition, approvalNeeded, describeTimeout, rejectionCause } from "./approval.ts";
import type { InvalidPipelineError } from "./check-pipeline.ts";
import { approval } from "./declare-approval.ts";
import { days, hours, minutes } from "./duration.ts";
import { type Flow, forEachPlatform, forEachVersion, parallel, sequence } from "./flow.ts";
import { approvalsOf, guardedBy } from "./guarded.ts";
import { MAX_CAUSE_BYTES } from "./task.ts";

const make = exampleActivity("Make");
const publish = exampleActivity("Publish");
const check = exampleActivity("Test", { per: "platform" });
const announce = exampleActivity("Announce", { per: "build" });
const asked = (name: string, rest: Partial<ApprovalDefinition> = {}) => approval({ name, summary: "Whether", ...rest });
const names = (flows: readonly Flow[] | undefined) => flows?.map(({ name }) => name);

test("an approval guards what follows it in its branch, platform, version or build", () => {
  const flow = sequence(
    asked("Begin"),
    forEachVersion(
      make,
      sequence(asked("Ship"), publish),
      parallel(sequence("Left", exampleActivity("A"), asked("Branch"), exampleActivity("B")), exampleActivity("C")),
      forEachPlatform(asked("Each"), check),
    ),
    asked("Tell"),
    announce,
  );
  expect(names(guardedBy(flow, "Begin"))).toEqual(["ForEachVersion", "Tell", "Announce"]);
  expect(names(guardedBy(flow, "Ship"))).toEqual(["Publish", "LeftAndC", "ForEachPlatform"]);
  expect(names(guardedBy(flow, "Branch"))).toEqual(["B"]);
  expect(names(guardedBy(flow, "Each"))).toEqual(["Test"]);
  expect(names(guardedBy(flow, "Tell"))).toEqual(["Announce"]);
  expect(guardedBy(flow, "Nowhere")).toBeUndefined();
  expect(approvalsOf(flow).map(({ name, per }) => [name, per])).toEqual([
    ["Begin", "build"],
    ["Ship", "version"],
    ["Branch", "version"],
    ["Each", "platform"],
    ["Tell", "build"],
  ]);
});

describe("what is refused when the definition is loaded", () => {
  const problemsOf = (...steps: [Flow, ...Flow[]]): readonly string[] => {
    try {
      examplePipeline(steps);
      return [];
    } catch (error) {
      return (error as InvalidPipelineError).problems;
    }
  };
  test.each<[string, [Flow, ...Flow[]], string]>([
    [
      "one that nothing follows",
      [make, asked("Ship")],
      "Ship is an approval that nothing follows: nothing waits for it",
    ],
    ["a name that is none", [asked("ship it"), make], 'the approval "ship it": a name is letters and digits'],
    ["the name of an activity", [asked("Make"), make], "Make is the name of an activity too"],
    ["the same name twice", [asked("Ship"), make, asked("Ship"), publish], "two states would be called Ship"],
    [
      "the name of a state that every build has",
      [asked("Root"), make],
      "Root is the name of a state that every build has",
    ],
    ["no summary", [asked("Ship", { summary: "" }), make], 'Ship.summary: "" is not a text that says anything'],
    [
      "more than two weeks",
      [asked("Ship", { timeout: days(15) }), make],
      "Ship: timeout must be a minute or more and at most 14 days",
    ],
    [
      "less than a minute",
      [asked("Ship", { timeout: 59 }), make],
      "Ship: timeout must be a minute or more and at most 14 days",
    ],
    [
      "a rule that is none",
      [asked("Ship", { neededFor: true as never }), make],
      "Ship.neededFor: true is not a function",
    ],
  ])("%s", (_, steps, problem) => {
    expect(problemsOf(...steps)).toContainEqual(expect.stringContaining(problem));
  });
  test("and what is right is not", () => {
    expect(problemsOf(make, asked("Ship", { timeout: days(14) }), publish)).toEqual([]);
  });
});

test("an approval knows what it is needed for; builds that publish nothing need none", () => {
  const build = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" } as const;
  const of = (debug: "" | "fake_ec2" | "skip_ec2" | "test_build") => ({
    ...build,
    versions: ["1.2.3"],
    platforms: [],
    activities: [],
    debug,
  });
  const place = { per: "version", version: "1.2.3" } as const;
  const careful = asked("Ship", {
    neededFor: ({ version, platform }) => version === "1.2.3" && platform === undefined,
  });
  expect(approvalNeeded(careful, of(""), place)).toBe(true);
  expect(approvalNeeded(careful, of(""), { ...place, version: "1.2.4" })).toBe(false);
  expect(approvalNeeded(asked("Ship"), of(""), { per: "build" })).toBe(true);
  for (const debug of ["fake_ec2", "skip_ec2", "test_build"] as const)
    expect(approvalNeeded(asked("Ship"), of(debug), place)).toBe(false);
});

test("a rejection's cause says who, when and why, and has room among an execution's results", () => {
  const decision = { by: "arn:aws:sts::111122223333:assumed-role/Release/alice", at: "2026-11-24T12:00:00.000Z" };
  expect(JSON.parse(rejectionCause({ ...decision, reason: 'says "no"' })).message).toBe(
    `by ${decision.by} at ${decision.at}: says "no"`,
  );
  expect(JSON.parse(rejectionCause(decision)).message).toBe(`by ${decision.by} at ${decision.at}`);
  const long = rejectionCause({ ...decision, reason: "ü".repeat(200) });
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(MAX_CAUSE_BYTES);
  expect(JSON.parse(long).message).toMatch(/: ü+…$/);
});

test.each([
  [days(1), "1 day"],
  [days(3), "3 days"],
  [hours(36), "36 hours"],
  [minutes(90), "90 minutes"],
])("%d seconds are %s", (timeout, text) => {
  expect(describeTimeout(timeout)).toBe(text);
});
