import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { exampleActivity, examplePipeline } from "../testing/example-pipeline.ts";
import type { Activity } from "./activity.ts";
import { aptPackage } from "./artifacts.ts";
import { approval } from "./declare-approval.ts";
import { definitionSchema } from "./definition-fields.ts";
import { topLevel } from "./flow.ts";
import { InvalidConfigurationError, InvalidInputError } from "./muster-error.ts";
import type { Pipeline } from "./pipeline.ts";
import { listedPlatforms } from "./platform.ts";
import { downloads, scratch } from "./s3-object.ts";
import { pattern } from "./versions/pattern.ts";

/** As in a file that nobody has compiled. */
// biome-ignore lint/suspicious/noExplicitAny: what a person may write there is anything
type Anything = any;

const version = "1.2.3";
const subject = { per: "version", version, platforms: ["debian-12-bookworm"], buildPlatforms: [] };
const objects = [scratch("a.tar.gz")];
const wrongObjects: [unknown, string][] = [
  ["a", ': "a" is not a list of objects'],
  [[undefined], "[0]: undefined is not an object of a bucket"],
  [[...objects, { bucket: "scrach", key: "a" }], '[1].bucket: "scrach" is not a bucket'],
  [[{ bucket: "scratch" }], "[0].key: undefined is not text"],
  [[{ ...objects[0], versoin: 1 }], "[0].versoin is no field"],
];

/** A function of a definition: how one gets there, how it is asked, what it may answer, and what it may not besides what none may. */
interface Sample {
  readonly define: (answer: Anything) => Pipeline;
  readonly ask: (pipeline: Pipeline) => Anything;
  /** Where its problems are. */
  readonly place: string;
  readonly right: unknown;
  readonly wrong?: readonly [unknown, string][];
  /** What no other one may answer. */
  readonly may?: readonly unknown[];
  /** A function that gives a right answer, where one that always does so would not fit the others. */
  readonly by?: (answer: unknown) => (word: string) => unknown;
}

const make = ({ activities: [first] }: Pipeline) => first as Activity<"version"> as Anything;
const ofActivity = (field: string, right: unknown, rest: Partial<Sample> = {}): Sample => ({
  define: (answer) => examplePipeline([exampleActivity("Make", { [field]: answer } as Anything)]),
  ask: (pipeline) => make(pipeline)[field](field === "changesDownloads" ? version : { ...subject, build: {} }),
  place: `Make.${field}(1.2.3)`,
  right,
  ...rest,
});

const scheme = pattern(/\d+\.\d+\.\d+/, { examples: ["1.2.3"] });
const ofScheme = (field: string, asked: unknown[], right: unknown, rest: Partial<Sample> = {}): Sample => ({
  define: (answer) =>
    examplePipeline([exampleActivity("Make")], {
      versions: { ...scheme, isNightly: () => true, [field]: answer },
      channels: undefined,
    } as Anything),
  ask: ({ versions }) => (versions as Anything)[field](...asked),
  place: `versions.${field}(`,
  right,
  ...rest,
});

const samples: Readonly<Record<string, Sample>> = {
  "activity.produces": ofActivity("produces", objects, { wrong: wrongObjects }),
  "activity.publishes": ofActivity(
    "publishes",
    [downloads("a"), aptPackage({ suite: "debian/dists/bookworm", package: "a", version: "1" })],
    {
      wrong: [
        [[{ kind: "apt-pakage", suite: downloads("x") }], '[0].kind: "apt-pakage" is not a package'],
        [[{ ...aptPackage({ suite: "x", package: "a", version: "1" }), version: 1 }], "[0].version: 1 is not"],
        [
          [{ ...aptPackage({ suite: "x", package: "a", version: "1" }), suite: "x" }],
          '[0].suite: "x" is not an object',
        ],
      ],
    },
  ),
  "activity.restoredFrom": ofActivity("restoredFrom", objects, { wrong: wrongObjects }),
  "activity.worksOn": ofActivity("worksOn", ["debian-12-bookworm"], { wrong: [[[1], "[0]: 1 is not a text"]] }),
  "activity.shouldRun": ofActivity(
    "shouldRun",
    { run: true, reason: "asked" },
    {
      may: [undefined, Promise.resolve(undefined), Promise.resolve({ run: false, reason: "" })],
      wrong: [
        [true, ": true is not a decision"],
        [{ run: "yes", reason: "" }, '.run: "yes" is not true or false'],
        [{ run: true }, ".reason: undefined is not text"],
        [Promise.resolve({ run: true, reason: "", restore: "x" }), '.restore: "x" is not a list of objects'],
      ],
    },
  ),
  "activity.env": ofActivity("env", { A: "1" }, { wrong: [[{ A: 1 }, ".A: 1 is not text"]] }),
  "activity.changesDownloads": ofActivity("changesDownloads", true),
  "script.takes": {
    define: (takes) =>
      examplePipeline([exampleActivity("Make", { withdraw: { kind: "script", script: "w.sh", takes } } as Anything)]),
    ask: (pipeline) => make(pipeline).withdraw.takes(subject),
    place: "Make.withdraw.takes(1.2.3)",
    right: objects,
    wrong: wrongObjects.slice(1),
  },
  "activity.access.writes": {
    define: (writes) => examplePipeline([exampleActivity("Make", { access: { writes } } as Anything)]),
    ask: (pipeline) => make(pipeline).access.writes(subject),
    place: "Make.access.writes(1.2.3)",
    right: objects,
    wrong: wrongObjects,
  },
  "approval.neededFor": {
    define: (neededFor) =>
      examplePipeline([approval({ name: "Approve", summary: "x", neededFor }), exampleActivity("Make")]),
    ask: ({ flow }) => {
      const [step] = topLevel(flow).flatMap((each) => (each.kind === "forEachVersion" ? topLevel(each.body) : []));
      return (step as Anything).neededFor({ build: {}, version });
    },
    place: "Approve.neededFor(1.2.3)",
    right: true,
  },
  "listed.url": {
    define: (url) => examplePipeline([exampleActivity("Make")], { platforms: listedPlatforms({ url }) }),
    ask: ({ platforms }) => (platforms as Anything).url(version),
    place: "platforms.url(1.2.3)",
    right: "https://example.org/list",
    wrong: [["", ': "" is not a text that says anything']],
  },
  source: {
    define: (source) => examplePipeline([exampleActivity("Make")], { source }),
    ask: ({ source }) => source?.(version),
    place: "source(1.2.3)",
    right: scratch("a"),
    wrong: [[objects, ": a list is not an object of a bucket"]],
  },
  env: {
    define: (env) => examplePipeline([exampleActivity("Make")], { env }),
    ask: ({ env }) => env?.({ version, build: {} as never }),
    place: "env(1.2.3)",
    right: { A: "" },
  },
  "channels.includes": {
    define: (includes) => examplePipeline([exampleActivity("Make")], { channels: [{ name: "all", includes }] }),
    ask: ({ channels }) => channels?.[0]?.includes(version),
    place: "channels[0].includes(",
    right: false,
  },
  "channels.suite": {
    define: (suite) =>
      examplePipeline([exampleActivity("Make")], {
        channels: [
          { name: "some", includes: () => false, suite },
          { name: "others", includes: () => false },
        ],
      }),
    ask: ({ channels }) => channels?.[0]?.suite?.("codename"),
    place: "channels[0].suite(codename)",
    right: "bookworm-nightly",
  },
  "versions.parse": ofScheme("parse", ["x"], "1.2.3", {
    may: [undefined],
    by: (answer) => (word) => (word === "x" ? answer : scheme.parse(word)),
  }),
  "versions.compare": ofScheme("compare", ["1.2.3", "1.2.4"], -1, { wrong: [[Number.NaN, ": NaN is not a number"]] }),
  "versions.isRelease": ofScheme("isRelease", ["1.2.3"], true),
  "versions.isNightly": ofScheme("isNightly", ["1.2.3"], false),
  "versions.nightlyOf": ofScheme("nightlyOf", [new Date(0)], "1.2.3"),
  "versions.parts": ofScheme(
    "parts",
    ["1.2.3"],
    { upstream: "1.2.3", packaged: "1.2.3", revision: "1" },
    {
      wrong: [[{ upstream: "1.2.3", packaged: "1.2.3" }, ".revision: undefined is not text"]],
    },
  ),
};

/** Every function that the fields of a definition may be, by what it is a field of: a kind of step, or a field. */
function functionsOf(schema: Anything, owner = "", seen = new Set<unknown>()): string[] {
  const { def } = (schema as z.core.$ZodType)._zod as Anything;
  switch (def.type) {
    case "object": {
      if (seen.has(schema)) return [];
      seen.add(schema);
      const kind: unknown = def.shape.kind?._zod.def.values?.[0];
      const prefix = typeof kind === "string" ? `${kind}.` : owner === "" ? "" : `${owner}.`;
      return Object.entries(def.shape).flatMap(([field, each]) => functionsOf(each, prefix + field, seen));
    }
    case "custom":
      return schema.safeParse(() => {}).success ? [owner] : [];
    case "array":
      return functionsOf(def.element, owner, seen);
    case "optional":
      return functionsOf(def.innerType, owner, seen);
    case "lazy":
      return functionsOf((schema as Anything)._zod.innerType, owner, seen);
    case "record":
      return functionsOf(def.valueType, owner, seen);
    case "union":
      return def.options.flatMap((each: unknown) => functionsOf(each, owner, seen));
    default:
      return [];
  }
}

test("each function of a definition is tried here", () => {
  expect(Object.keys(samples).sort()).toEqual([...new Set(functionsOf(definitionSchema))].sort());
});

async function outcome({ define, ask }: Sample, answer: Anything): Promise<{ answer: unknown } | { error: Anything }> {
  try {
    return { answer: await ask(define(answer)) };
  } catch (error) {
    return { error };
  }
}

const never: [unknown, string][] = [
  [null, ": null is not "],
  [Symbol("s"), ": Symbol(s) is not "],
  [() => {}, ": a function is not "],
];

describe.each(Object.entries(samples))("of %s", (field, sample) => {
  const { place, right, wrong = [], may = [], by = (answer) => () => answer } = sample;
  const isLater = field === "activity.shouldRun";

  test("what it may answer is passed on", async () => {
    for (const answer of [right, ...may]) {
      expect(await outcome(sample, by(answer))).toEqual({ answer: await answer });
    }
  });

  const promise: [unknown, string][] = isLater ? [] : [[Promise.resolve(right), ": a promise is not "]];
  const nothing: [unknown, string][] = may.includes(undefined) ? [] : [[undefined, ": undefined is not "]];
  test.each([...never, ...promise, ...nothing, ...wrong])("%s is refused by its place", async (answer, problem) => {
    const told = await outcome(sample, () => answer);
    expect(told).toMatchObject({ error: { message: expect.stringContaining(place) } });
    expect(told).toMatchObject({ error: { message: expect.stringContaining(problem) } });
    expect(told).toMatchObject({ error: { message: expect.not.stringContaining("\n") } });
  });

  test("what it throws is told by its place, and an error of Muster's stays what it is", async () => {
    const thrown = await outcome(sample, () => {
      throw new TypeError("Cannot read properties of undefined (reading 'x')");
    });
    expect(thrown).toMatchObject({ error: { message: expect.stringContaining(place) } });
    expect(thrown).toMatchObject({
      error: { message: expect.stringContaining("throws: Cannot read properties of undefined (reading 'x')") },
    });
    const own = new InvalidInputError("of no channel");
    const refused = () => {
      throw own;
    };
    const asked = await outcome(sample, refused);
    expect(asked).toMatchObject({ error: { message: expect.stringContaining("of no channel") } });
  });
});

const answered = (produces: Anything) => exampleActivity("Make", { produces });

test("a step that was made of another one is held to its types by its own name", () => {
  const { activities } = examplePipeline([
    { ...answered(() => objects), name: "Copied" },
    { ...answered(() => objects), name: "Changed", produces: (() => 3) as Anything },
  ]);
  expect(activities[0]?.produces?.(subject as never)).toEqual(objects);
  expect(() => activities[1]?.produces?.(subject as never)).toThrow(
    "Changed.produces(1.2.3): 3 is not a list of objects",
  );
});

test("a step stays the same value in a pipeline, so that shouldRun asks for what is there", () => {
  const step = answered(() => objects);
  expect(examplePipeline([step]).activities[0]).toBe(step);
});

test("a wrong answer is never tried again; what shouldRun waited for and failed is, and says where", async () => {
  expect(() => answered(() => 3).produces?.(subject as never)).toThrow(InvalidConfigurationError);
  const slow = Object.assign(new Error("please slow down"), { name: "SlowDown", $metadata: { httpStatusCode: 503 } });
  const { shouldRun } = exampleActivity("Make", { shouldRun: () => Promise.reject(slow) });
  await expect(shouldRun?.(subject as never)).rejects.toBe(slow);
  expect(slow.message).toBe("Make.shouldRun(1.2.3): please slow down");
});
