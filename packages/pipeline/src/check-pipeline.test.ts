import { expect, test } from "vitest";
import { exampleActivity, examplePipeline, referencePipeline } from "../testing/example-pipeline.ts";
import { checkScripts, InvalidPipelineError } from "./check-pipeline.ts";
import { type BuildFlow, type Flow, forEachPlatform, forEachVersion, parallel, sequence } from "./flow.ts";
import { fixedPlatforms } from "./platform.ts";
import { downloads } from "./s3-object.ts";

function problems(define: () => unknown): readonly string[] {
  try {
    define();
  } catch (error) {
    if (error instanceof InvalidPipelineError) return error.problems;
    throw error;
  }
  return [];
}

const A = exampleActivity("MakeA");
const B = exampleActivity("MakeB");
const P = exampleActivity("MakeP", { per: "platform" });
const O = exampleActivity("MakeO", { per: "build" });
const long = `M${"a".repeat(71)}`;

test.each<[string, () => Flow[], string[]]>([
  ["the same activity twice", () => [A, A], ["MakeA is there twice: an activity's name must be its own"]],
  [
    "two queues of one name",
    () => [exampleActivity("HTTPTest"), exampleActivity("HttpTest")],
    ["two activities have the queue example-http-test: name one of them otherwise"],
  ],
  [
    "a platform activity outside forEachPlatform",
    () => [P],
    ["MakeP runs per platform but is outside forEachPlatform"],
  ],
  [
    "a version activity inside it",
    () => [forEachPlatform(A)],
    ["MakeA runs per version but is inside forEachPlatform"],
  ],
  [
    "a build's own activity among a version's steps",
    () => [O, forEachPlatform(P)],
    ["MakeO runs per build but is inside forEachVersion"],
  ],
  ["one among a platform's", () => [forEachPlatform(O)], ["MakeO runs per build but is inside forEachPlatform"]],
  [
    "platforms of platforms",
    () => [forEachPlatform(forEachPlatform(P))],
    ["forEachPlatform is inside forEachPlatform"],
  ],
  ["versions of versions", () => [forEachVersion(A)], ["forEachVersion is inside forEachVersion"]],
  ["an empty sequence", () => [A, sequence()], ["a sequence is empty"]],
  ["an empty named sequence", () => [A, parallel(sequence("Later"))], ["Later is empty"]],
  ["an empty parallel", () => [A, parallel()], ["a parallel has no branch"]],
  [
    "a branch whose name cannot be a state's",
    () => [parallel(sequence("build it", A))],
    ['the sequence "build it": a name is letters and digits, starts with a capital and not with ForEach'],
  ],
  [
    "two branches of one name",
    () => [parallel(sequence("Later", A), sequence("Later", B))],
    ['two states would be called LaterEnd: rename a step, or its branch with sequence("Name", …)'],
  ],
  [
    "a name that another activity's choice has",
    () => [A, exampleActivity("ShouldMakeA")],
    ['two states would be called ShouldMakeA: rename a step, or its branch with sequence("Name", …)'],
  ],
  [
    "the name of a state that is there anyway",
    () => [exampleActivity("UpdateIndices")],
    ["UpdateIndices is the name of a state that every build has: choose another"],
  ],
  [
    "a state name over 80 characters",
    () => [exampleActivity(long)],
    [`the state PrepareTo${long} is longer than AWS's 80 characters: give its steps or branches shorter names`],
  ],
  [
    "a name that is none",
    () => [exampleActivity("make-a")],
    ["make-a: a name is letters and digits, starts with a capital and not with ForEach"],
  ],
  [
    "a name that reads like a map's",
    () => [exampleActivity("ForEachThing")],
    ["ForEachThing: a name is letters and digits, starts with a capital and not with ForEach"],
  ],
  [
    "a timeout that leaves no time to report it",
    () => [exampleActivity("MakeA", { timeout: 60, heartbeat: 30 })],
    ["MakeA: timeout must be whole seconds, more than a minute and at most a year"],
  ],
  [
    "a heartbeat as long as the timeout",
    () => [exampleActivity("MakeA", { timeout: 120, heartbeat: 120 })],
    ["MakeA: heartbeat must be shorter than timeout"],
  ],
  [
    "a heartbeat that cannot be kept",
    () => [exampleActivity("MakeA", { heartbeat: 2.5 })],
    ["MakeA: heartbeat must be whole seconds, 3 or more"],
  ],
  [
    "no workers at all",
    () => [exampleActivity("MakeA", { maxWorkers: 0 })],
    ["MakeA: maxWorkers must be a whole number above 0"],
  ],
  [
    "an exclusive activity with several workers",
    () => [exampleActivity("MakeA", { exclusive: true, maxWorkers: 2 })],
    ["MakeA: an exclusive activity has one worker: drop maxWorkers"],
  ],
])("refused: %s", (_, flow, expected) => {
  expect(problems(() => examplePipeline(flow() as [Flow, ...Flow[]]))).toEqual(expected);
});

test.each<[string, Parameters<typeof examplePipeline>[1], string[]]>([
  ["a name in capitals", { name: "HHVM" }, ['the name "HHVM" must be lower-case letters, digits and dashes']],
  ["no platform", { platforms: fixedPlatforms() }, ["it has no platform"]],
  ["a platform twice", { platforms: fixedPlatforms("a", "a") }, ["the platform a is there twice"]],
  [
    "a platform of two words",
    { platforms: fixedPlatforms("debian 12") },
    ['the platform "debian 12" must be letters, digits, dots and dashes, and no version or activity'],
  ],
  [
    "a platform that is a version",
    { platforms: fixedPlatforms("1.2.3") },
    ['the platform "1.2.3" must be letters, digits, dots and dashes, and no version or activity'],
  ],
  [
    "a wildcard that CloudFront does not take",
    { invalidates: ["/debian/*/Release"] },
    ['invalidates "/debian/*/Release": a path starts with / and has * at its end only'],
  ],
  [
    "a path that is none",
    { invalidates: ["debian/*"] },
    ['invalidates "debian/*": a path starts with / and has * at its end only'],
  ],
])("refused: %s", (_, rest, expected) => {
  expect(problems(() => examplePipeline([A], rest))).toEqual(expected);
});

test.each<[string, BuildFlow, string[]]>([
  [
    "a version's activity among the build's own steps",
    sequence(forEachVersion(A), B),
    ["MakeB runs per version but is outside forEachVersion"],
  ],
  [
    "a platform's among them",
    sequence(forEachVersion(A), P),
    ["MakeP runs per platform but is outside forEachPlatform"],
  ],
  [
    "platforms of no version",
    sequence(forEachVersion(A), forEachPlatform(P)),
    ["forEachPlatform is outside forEachVersion"],
  ],
  [
    "a build that does nothing for its versions",
    sequence(O),
    ["it has no forEachVersion, or only one inside of something that is no sequence"],
  ],
  [
    "versions beside other steps",
    sequence(parallel(forEachVersion(A), O)),
    ["it has no forEachVersion, or only one inside of something that is no sequence"],
  ],
  [
    "two ways for versions",
    sequence(forEachVersion(A), O, forEachVersion(B)),
    ["it has forEachVersion twice: name all steps of a version in one"],
  ],
  [
    "a build's own name twice",
    sequence(O, forEachVersion(A), O),
    ["MakeO is there twice: an activity's name must be its own"],
  ],
])("refused: %s", (_, flow, expected) => {
  expect(problems(() => examplePipeline([A], { flow }))).toEqual(expected);
});

test("a step before forEachVersion cannot run always: nothing follows one of them that failed", () => {
  const open = exampleActivity("Open", { per: "build", runsWhen: "always" });
  const close = exampleActivity("Close", { per: "build", runsWhen: "always" });
  expect(problems(() => examplePipeline([A], { flow: sequence(open, forEachVersion(A), close) }))).toEqual([
    'Open.runsWhen: "always" is for steps of versions, and for those after forEachVersion',
  ]);
});

test("a withdrawal names its script, and what it takes back", () => {
  const withdraw = { kind: "script", script: "withdraw.sh" } as const;
  const publishes = () => [downloads("a")];
  const pipeline = examplePipeline([exampleActivity("MakeA", { withdraw, publishes })]);
  expect(problems(() => checkScripts(pipeline, (path) => path === "withdraw.sh"))).toEqual([
    'MakeA: withdraw "withdraw.sh" does not exist',
  ]);
  expect(problems(() => examplePipeline([exampleActivity("MakeA", { withdraw })]))).toEqual([
    "MakeA: its withdrawal takes back nothing: say what in takes, or in publishes",
  ]);
  const both = { ...withdraw, reason: "it is out" } as never;
  expect(problems(() => examplePipeline([exampleActivity("MakeA", { withdraw: both, publishes })]))).toEqual([
    "MakeA.withdraw.reason is no field",
  ]);
});

test("a build's own steps stand before and after its versions, in sequences and parallels", () => {
  const own = (name: string) => exampleActivity(name, { per: "build" });
  const flow = sequence(own("Open"), sequence(forEachVersion(A), parallel(own("Sum"), own("Tell"))), own("Close"));
  expect(examplePipeline([A], { flow }).activities.map(({ name }) => name)).toEqual([
    "Open",
    "MakeA",
    "Sum",
    "Tell",
    "Close",
  ]);
});

test("a field that is not there is named, and so is the activity that lacks it", () => {
  const lacking = { invalidates: undefined as never, image: undefined as never };
  const make = exampleActivity("Make", { script: undefined as never, worker: {} as never });
  expect(problems(() => examplePipeline([make], lacking))).toEqual([
    "Make has no script",
    "Make.worker has no instanceTypes",
    "it has no image",
    "it has no invalidates",
  ]);
});

test("every problem is named at once, in one line that says where", () => {
  const define = () => examplePipeline([exampleActivity("make"), P], { name: "My pipeline" });
  expect(problems(define)).toHaveLength(3);
  expect(define).toThrow(/^pipeline "My pipeline": the name .*; MakeP runs per platform .*; make: a name is .*$/);
});

test("scripts that do not exist are named with their activity and role", () => {
  const there = new Set(["scripts/make.sh"]);
  const check = () => checkScripts(referencePipeline, (path) => !there.has(path), "pipelines/hhvm/pipeline.ts");
  expect(check).toThrow('pipelines/hhvm/pipeline.ts: hhvm: dummyScript "scripts/dummy.sh" does not exist');
  expect(problems(check)).toHaveLength(1);
  expect(problems(() => checkScripts(referencePipeline, () => false))).toEqual([]);
});

test("missing init and after-task scripts are found", () => {
  const pipeline = examplePipeline([exampleActivity("MakeA", { init: "init.sh", afterTask: "after.sh" })]);
  expect(problems(() => checkScripts(pipeline, (path) => path === "init.sh" || path === "after.sh"))).toEqual([
    'MakeA: init "init.sh" does not exist',
    'MakeA: afterTask "after.sh" does not exist',
  ]);
});
