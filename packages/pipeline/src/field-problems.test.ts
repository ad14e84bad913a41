import { expect, test } from "vitest";
import { exampleActivity, examplePipeline } from "../testing/example-pipeline.ts";
import type { Secret, WorkerMachine } from "./activity.ts";
import { InvalidPipelineError } from "./check-pipeline.ts";
import { activity } from "./declare-activity.ts";
import { definePipeline } from "./define-pipeline.ts";
import { filledList, filledText, objectOf, oneOf, text } from "./field-schemas.ts";
import { forEachPlatform, forEachVersion, parallel, sequence } from "./flow.ts";
import { fixedPlatforms } from "./platform.ts";
import { releasesAndNightlies } from "./versions/releases-and-nightlies.ts";

/** As in a file that nobody has compiled. */
// biome-ignore lint/suspicious/noExplicitAny: what a person may write there is anything
type Anything = any;

function problems(define: () => unknown): readonly string[] {
  try {
    define();
  } catch (error) {
    if (error instanceof InvalidPipelineError) return error.problems;
    throw error;
  }
  return [];
}

const worker = { instanceTypes: ["t3.micro"] };
const make = (rest: Anything) => exampleActivity("Make", rest);

test.each<[string, Anything, string]>([
  ["an unknown field", { produce: () => [] }, "Make.produce is no field; did you mean produces?"],
  ["one that is like none", { colour: "blue" }, "Make.colour is no field"],
  ["one that is undefined", { inti: undefined }, "Make.inti is no field; did you mean init?"],
  [
    "a mistyped choice",
    { worker: { ...worker, market: "spott" } },
    'Make.worker.market: "spott" is not a market; did you mean "spot"?',
  ],
  [
    "a choice that is like none",
    { worker: { ...worker, architecture: "sparc" } },
    'Make.worker.architecture: "sparc" is not an architecture: "x86_64", "arm64"',
  ],
  [
    "what it is per",
    { per: "flavour" },
    'Make.per: "flavour" is not what a step can be per: "version", "platform", "build"',
  ],
  ["a field of its machine", { worker: { ...worker, zones: [] } }, "Make.worker.zones is no field"],
  [
    "a machine that is a text",
    { worker: "t3.micro" },
    'Make.worker: "t3.micro" is not a machine: { instanceTypes: […] }',
  ],
  [
    "types that are no list",
    { worker: { instanceTypes: "t3.micro" } },
    'Make.worker.instanceTypes: "t3.micro" is not a list of instance types: ["t3.micro"]',
  ],
  [
    "a list without any type",
    { worker: { instanceTypes: [] } },
    'Make.worker.instanceTypes: an empty list is not a list of instance types: ["t3.micro"]',
  ],
  ["a type that is none", { worker: { instanceTypes: ["a", 3] } }, "Make.worker.instanceTypes[1]: 3 is not text"],
  [
    "a negative size",
    { worker: { ...worker, rootVolumeGb: -8 } },
    "Make.worker.rootVolumeGb: -8 is not a whole number above 0",
  ],
  ["a duration in words", { timeout: "4h" }, 'Make.timeout: "4h" is not a number'],
  ["an estimate in words", { estimatedDuration: "4h" }, 'Make.estimatedDuration: "4h" is not a whole number above 0'],
  [
    "a price below nothing",
    { worker: { ...worker, pricePerHour: -1 } },
    "Make.worker.pricePerHour: -1 is not a number, 0 or more",
  ],
  ["a duration that is none", { logIdleTimeout: Number.NaN }, "Make.logIdleTimeout: NaN is not a whole number above 0"],
  ["a flag in words", { exclusive: "yes" }, 'Make.exclusive: "yes" is not true or false'],
  ["a list where a function is due", { produces: [] }, "Make.produces: an empty list is not a function"],
  [
    "what is neither value nor function",
    { changesDownloads: "yes" },
    'Make.changesDownloads: "yes" is not true or false, nor a function',
  ],
  ["no script", { script: "" }, 'Make.script: "" is not a text that says anything'],
  ["a field of its permissions", { access: { read: [] } }, "Make.access.read is no field; did you mean reads?"],
  [
    "permissions of an object by its key alone",
    { access: { reads: ["source/"] } },
    'Make.access.reads[0]: "source/" is not an object, such as scratch("…") or downloads("…")',
  ],
  [
    "a bucket that is none, where a function could be",
    { access: { writes: [{ bucket: "download", key: "a" }] } },
    'Make.access.writes[0].bucket: "download" is not a bucket; did you mean "downloads"?',
  ],
  [
    "a kind of secret",
    { secrets: [{ kind: "kms", alias: "alias/a" }] },
    'Make.secrets[0]: an object of kind "kms" is not a secret: { kind: "kms-key", alias: "…" } or { kind: "secrets-manager", name: "…" }',
  ],
  ["a secret without a name", { secrets: [{ kind: "secrets-manager" }] }, "Make.secrets[0] has no name"],
  ["a secret's field", { secrets: [{ kind: "kms-key", alias: "a", nam: "b" }] }, "Make.secrets[0].nam is no field"],
])("refused in an activity: %s", (_, rest, expected) => {
  expect(problems(() => examplePipeline([make(rest)]))).toEqual([expected]);
});

test.each<[string, Anything, string]>([
  ["an unknown field", { invalidate: [] }, "invalidate is no field; did you mean invalidates?"],
  ["a number as its name", { name: 3 }, "name: 3 is not text"],
  [
    "platforms in a list",
    { platforms: ["debian"] },
    "platforms: a list is not platforms: fixedPlatforms(…) or listedPlatforms(…)",
  ],
  ["a platform that is none", { platforms: fixedPlatforms(12 as Anything) }, "platforms.names[0]: 12 is not text"],
  ["a list of platforms without its place", { platforms: { kind: "listed", pattern: /a/ } }, "platforms has no url"],
  ["a bucket's role", { buckets: { scrach: "mine" } }, "buckets.scrach is no field; did you mean scratch?"],
  ["paths that are no list", { invalidates: "/*" }, 'invalidates: "/*" is not a list of texts'],
  [
    "a channel's field",
    { channels: [{ name: "all", includes: releasesAndNightlies().isRelease, suit: String }] },
    "channels[0].suit is no field; did you mean suite?",
  ],
  [
    "a channel's rule",
    { channels: [{ name: "all", includes: "all" }] },
    'channels[0].includes: "all" is not a function',
  ],
  ["an environment that is no function", { env: { A: "b" } }, "env: an object is not a function"],
  ["no flow", { flow: undefined }, "it has no flow"],
  [
    "an activity as its flow",
    { flow: make({}) },
    `Make: an object of kind "activity" is not a build's way: forEachVersion(…), or a sequence(…) with it`,
  ],
])("refused in a pipeline: %s", (_, rest, expected) => {
  expect(problems(() => examplePipeline([make({})], rest))).toEqual([expected]);
});

const NO_STEP =
  "a step: activity({ … }), approval({ … }), sequence(…), parallel(…), forEachPlatform(…) or forEachVersion(…)";

test.each<[string, () => Anything, string]>([
  ["nothing in a map", () => forEachVersion(undefined as Anything), "ForEachVersion has no body"],
  [
    "the name of a step",
    () => forEachVersion(make({}), "Sign" as Anything),
    `ForEachVersion.body.steps[1]: "Sign" is not ${NO_STEP}`,
  ],
  [
    "an activity that is none yet",
    () => forEachVersion(parallel(make({}), sequence("Later", { name: "Sign", per: "version" } as Anything))),
    `Later.steps[0]: an object is not ${NO_STEP}`,
  ],
  [
    "a name for a parallel",
    () => forEachVersion(parallel("Both" as Anything, make({}))),
    `AndMake.branches[0]: "Both" is not ${NO_STEP}`,
  ],
])("refused in a flow: %s", (_, flow, expected) => {
  expect(problems(() => examplePipeline([make({})], { flow: flow() }))).toEqual([expected]);
});

test("an activity without a name is still told from the others", () => {
  const nameless = activity({ per: "version", script: "a.sh", timeout: 600, worker } as Anything);
  expect(problems(() => examplePipeline([make({}), nameless]))).toEqual(["an activity has no name"]);
});

test("what is no definition at all is refused like one", () => {
  expect(problems(() => (definePipeline as Anything)())).toEqual(["it is undefined"]);
  expect(() => (definePipeline as Anything)("mine")).toThrow(
    'pipeline "without a name": "mine" is not a pipeline\'s definition',
  );
});

test("all problems are named at once: fields of every depth, and what does not work with the others", () => {
  const flow = [
    exampleActivity("Make", { produce: () => [], worker: { ...worker, market: "spott" } } as Anything),
    forEachPlatform(exampleActivity("Pack", { per: "platform", timeout: 30 })),
    exampleActivity("Make"),
  ] as const;
  expect(problems(() => examplePipeline([...flow], { name: "Mine", invalidate: [] } as Anything))).toEqual([
    'Make.worker.market: "spott" is not a market; did you mean "spot"?',
    "Make.produce is no field; did you mean produces?",
    "invalidate is no field; did you mean invalidates?",
    'the name "Mine" must be lower-case letters, digits and dashes',
    "Make is there twice: an activity's name must be its own",
    "Pack: timeout must be whole seconds, more than a minute and at most a year",
    "Pack: heartbeat must be shorter than timeout",
  ]);
});

test("a pipeline may be defined from another", () => {
  const pipeline = examplePipeline([make({})]);
  expect(definePipeline({ ...pipeline, summary: "Another" })).toEqual({ ...pipeline, summary: "Another" });
});

test("a field that a type has and a table has not, or the other way round, does not compile", () => {
  const rest = { instanceTypes: filledList("types", text) };
  // @ts-expect-error: availabilityZones, architecture and others have no row
  objectOf<WorkerMachine>("a machine", { required: rest, optional: { image: text } });
  // @ts-expect-error: a secret has no colour
  objectOf<{ name: string }>("a secret", { required: { name: text, colour: text }, optional: {} });
  // @ts-expect-error: what may be left out is not required
  objectOf<{ name?: string }>("a secret", { required: { name: text }, optional: {} });
  // @ts-expect-error: the other kind of secret has no row
  oneOf<Secret>("a secret", { "kms-key": objectOf("a secret", { required: { kind: filledText }, optional: {} }) });
  expect(rest).toBeDefined();
});
