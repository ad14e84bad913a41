import type { BuildPlan, PlannedStep } from "@muster/lambdas";
import { activity, type BuildInput, definePipeline, fixedPlatforms, forEachVersion, hours } from "@muster/pipeline";
import { expect, test } from "vitest";
import type { Stage } from "../stages/stage.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { announcePlan, planLines } from "./announce-plan.ts";
import type { WholeBuild } from "./estimate-plan.ts";

const Make = activity({
  name: "Make",
  per: "version",
  script: "make.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["t3.micro"] },
});
const pipeline = definePipeline({
  name: "small",
  summary: "One step",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Make),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});
const input: BuildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" };

const step = (name: string, run: boolean | null, reason = "because"): PlannedStep => ({
  per: "version",
  version: "1.2.3",
  task: `${name}-1.2.3`,
  activity: name,
  run,
  reason,
  unless: null,
  after: [],
});

const whole: WholeBuild = {
  seconds: 1450,
  criticalPath: ["Make-1.2.3"],
  tasksOfUnknownTime: 0,
  bootSeconds: 60,
  machineHours: 1.4,
  dollars: 0.4,
  unpriced: [],
  workersAtOnce: 3,
  vcpusAtOnce: 48,
  limits: [],
  quotas: [],
};

function lines(steps: readonly PlannedStep[], more: Partial<Parameters<typeof planLines>[0]> = {}): string[] {
  const estimated = steps.map((each) => ({ ...each, seconds: null, secondsFrom: null, dollars: null }));
  return planLines({
    steps: estimated,
    whole,
    recordsProblem: null,
    quotasProblem: null,
    lookups: [],
    asks: [],
    ...more,
  });
}

test("a build's plan is a few lines: what runs in which time, what is left out, what is not known", () => {
  const steps = [
    step("Fetch", false),
    step("Make", true),
    step("Make", true),
    step("Publish", null),
    step("Sign", false, "not asked for: this build runs Make"),
  ];
  const lookups = [{ version: "1.2.4", problem: "https://example.org/1.2.4 cannot be reached" }];
  expect(lines(steps, { lookups, asks: ["Approve"] })).toEqual([
    "plan: 2 tasks in about 24:10 and for about $0.40, up to 3 workers at once: Make ×2",
    "      skipped: Fetch",
    "      not known: Publish",
    "      waits for a person: Approve",
    "      the platforms of 1.2.4: https://example.org/1.2.4 cannot be reached",
  ]);
});

test("where nothing is left to do, or nothing is known, it says that", () => {
  const nothing: WholeBuild = { ...whole, seconds: 0, dollars: 0, workersAtOnce: 0 };
  expect(lines([step("Make", false)], { whole: nothing })).toEqual([
    "plan: nothing is left to do",
    "      skipped: Make",
  ]);
  expect(lines([step("Make", null)], { whole: nothing })[0]).toBe("plan: of nothing it is known whether it runs");
  const unknown: WholeBuild = { ...whole, seconds: null, dollars: null };
  expect(lines([step("Make", true)], { whole: unknown })).toEqual(["plan: 1 task, up to 3 workers at once: Make"]);
});

/** What is told of a plan that comes to this. */
async function told(plan: () => Promise<BuildPlan>): Promise<string[]> {
  await using base = await stageForTests();
  const { s3, sfn } = base.clients;
  const stage = {
    pipeline,
    description: base.description,
    s3: async () => s3,
    sfn,
    isBilled: false,
  } as Partial<Stage> as Stage;
  const notes: string[] = [];
  const print = { note: (line: string) => void notes.push(line) } as Parameters<typeof announcePlan>[2]["print"];
  await announcePlan(stage, input, { plan, print, patienceMs: 20 });
  return notes;
}

test("a plan that cannot be made, or takes too long, is one line and stops no build", async () => {
  expect(await told(() => Promise.reject(new Error("s3://scratch is not known\nat all")))).toEqual([
    "plan: it cannot be made: s3://scratch is not known",
  ]);
  expect(await told(() => new Promise(() => {}))).toEqual(["plan: not made within 0.02 s; the build goes on without"]);
});
