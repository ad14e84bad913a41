import * as z from "zod";
import type { Access, Activity, KmsKey, Secret, StoredSecret, WorkerMachine } from "./activity.ts";
import type { Approval } from "./approval.ts";
import type { Channel } from "./channel.ts";
import {
  aFunction,
  choice,
  count,
  type Fields,
  filledList,
  filledText,
  flag,
  functionOr,
  kind,
  list,
  number,
  objectOf,
  oneOf,
  price,
  regularExpression,
  text,
} from "./field-schemas.ts";
import type { BuildFlow, Flow, ForEachPlatform, ForEachVersion, Parallel, Sequence } from "./flow.ts";
import type { FlagInput, Input, NumberInput, TextInput } from "./input.ts";
import { notification } from "./notification-fields.ts";
import type { PipelineDefinition } from "./pipeline.ts";
import type { Platforms } from "./platform.ts";
import type { Retry } from "./retries.ts";
import type { BucketRole, S3Object } from "./s3-object.ts";
import type { Per } from "./subject.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";
import type { ImpossibleWithdrawal, ScriptedWithdrawal, Withdrawal } from "./withdrawal.ts";

/**
 * The fields of a definition, at every depth: Node runs definitions without looking at their types. A field that a type
 * gets has its row here, or this does not compile.
 */

const texts = list("a list of texts", filledText);

const bucketRole = choice<BucketRole>("a bucket", { assets: true, scratch: true, downloads: true, state: true });

const object = objectOf<S3Object>('an object, such as scratch("…") or downloads("…")', {
  required: { bucket: bucketRole, key: text },
  optional: {},
});

const objects = list("a list of objects", object);

const worker = objectOf<WorkerMachine>("a machine: { instanceTypes: […] }", {
  required: { instanceTypes: filledList('a list of instance types: ["t3.micro"]', filledText) },
  optional: {
    rootVolumeGb: count,
    market: choice<NonNullable<WorkerMachine["market"]>>("a market", {
      "on-demand": true,
      spot: true,
      "spot-then-on-demand": true,
    }),
    architecture: choice<NonNullable<WorkerMachine["architecture"]>>("an architecture", { x86_64: true, arm64: true }),
    availabilityZones: texts,
    image: filledText,
    pricePerHour: price,
  },
});

const secret = oneOf<Secret>('a secret: { kind: "kms-key", alias: "…" } or { kind: "secrets-manager", name: "…" }', {
  "kms-key": objectOf<KmsKey>("a secret", {
    required: { kind: kind("kms-key"), alias: filledText },
    optional: {},
  }),
  "secrets-manager": objectOf<StoredSecret>("a secret", {
    required: { kind: kind("secrets-manager"), name: filledText },
    optional: {},
  }),
});

const access = objectOf<Access<"version">>("permissions: { reads: […], writes: […] }", {
  required: {},
  optional: {
    reads: objects,
    writes: functionOr("a list of objects", objects),
    deletes: objects,
    otherBuckets: texts,
    imageRepositories: texts,
    volumes: texts,
  },
});

const withdrawal = oneOf<Withdrawal<"version">>(
  'how it is taken back: { kind: "script", script: "…" } or { kind: "impossible", reason: "…" }',
  {
    script: objectOf<ScriptedWithdrawal<"version">>("a withdrawal", {
      required: { kind: kind("script"), script: filledText },
      optional: { takes: aFunction(), deletes: objects },
    }),
    impossible: objectOf<ImpossibleWithdrawal>("a withdrawal", {
      required: { kind: kind("impossible"), reason: filledText },
      optional: {},
    }),
  },
);

const retry = objectOf<Retry>("a rule: { errors: […], maxAttempts: 2, interval: minutes(1) }", {
  required: { maxAttempts: number },
  optional: {
    errors: filledList('a list of errors\' names: ["Muster.ScriptFailed"]', filledText),
    interval: count,
    backoffRate: number,
    maxDelay: count,
  },
});

/** Of any kind of step: what a function is told follows `per`, and is for the compiler to see to. */
type AnyActivity = Omit<Activity<"version">, "per"> & { readonly per: Per };

const activityFields: Fields<AnyActivity> = {
  required: {
    kind: kind("activity"),
    name: filledText,
    per: choice<Per>("what a step can be per", { version: true, platform: true, build: true }),
    script: filledText,
    timeout: number,
    worker,
    heartbeat: number,
    startTimeout: count,
  },
  optional: {
    init: filledText,
    afterTask: filledText,
    check: filledText,
    estimatedDuration: count,
    logIdleTimeout: count,
    retries: list("a list of rules, which may be empty", retry),
    maxWorkers: number,
    exclusive: flag,
    worksOn: aFunction(),
    restoredFrom: aFunction(),
    produces: aFunction(),
    publishes: aFunction(),
    runsWhen: choice<NonNullable<Activity["runsWhen"]>>("a time to run", {
      "predecessors-succeeded": true,
      always: true,
    }),
    shouldRun: aFunction(),
    env: aFunction(),
    changesDownloads: functionOr("true or false", flag),
    withdraw: withdrawal,
    testBuild: flag,
    access,
    secrets: list("a list of secrets", secret),
  },
};

const step: z.ZodType<Flow> = z.lazy(() =>
  oneOf<Flow>(
    "a step: activity({ … }), approval({ … }), sequence(…), parallel(…), forEachPlatform(…) or forEachVersion(…)",
    {
      activity: objectOf("an activity", activityFields) as z.ZodType<Activity>,
      approval,
      sequence,
      parallel,
      forEachPlatform: objectOf<ForEachPlatform>("a step", {
        required: { kind: kind("forEachPlatform"), name: filledText, body: step },
        optional: {},
      }),
      forEachVersion,
    },
  ),
);

const approval = objectOf<Approval>("a step", {
  required: { kind: kind("approval"), name: filledText, summary: filledText, timeout: count },
  optional: { neededFor: aFunction() },
});

const steps = list("a list of steps", step);

const sequence = objectOf<Sequence>("a step", {
  required: { kind: kind("sequence"), name: z.union([filledText, z.undefined()]), steps },
  optional: {},
});

const parallel = objectOf<Parallel>("a step", {
  required: { kind: kind("parallel"), name: text, branches: steps },
  optional: {},
});

const forEachVersion = objectOf<ForEachVersion>("a step", {
  required: { kind: kind("forEachVersion"), name: filledText, body: step },
  optional: {},
});

const flow = oneOf<BuildFlow>("a build's way: forEachVersion(…), or a sequence(…) with it", {
  forEachVersion,
  sequence,
});

const platforms = oneOf<Platforms>("platforms: fixedPlatforms(…) or listedPlatforms(…)", {
  fixed: objectOf<Extract<Platforms, { kind: "fixed" }>>("platforms", {
    required: { kind: kind("fixed"), names: texts },
    optional: {},
  }),
  listed: objectOf<Extract<Platforms, { kind: "listed" }>>("platforms", {
    required: { kind: kind("listed"), pattern: regularExpression, url: aFunction() },
    optional: {},
  }),
});

const inputs = z.record(
  z.string(),
  oneOf<Input>("an input: textInput({ … }), flagInput({ … }) or numberInput({ … })", {
    text: objectOf<TextInput>("an input", {
      required: { kind: kind("text"), summary: filledText },
      optional: { default: text, oneOf: filledList("a list of texts", text), pattern: regularExpression },
    }),
    flag: objectOf<FlagInput>("an input", {
      required: { kind: kind("flag"), summary: filledText, default: flag },
      optional: {},
    }),
    number: objectOf<NumberInput>("an input", {
      required: { kind: kind("number"), summary: filledText },
      optional: { default: number, min: number, max: number, whole: flag },
    }),
  }),
);

const channel = objectOf<Channel>("a channel: { name: …, includes: … }", {
  required: { name: filledText, includes: aFunction() },
  optional: { packageName: filledText, suite: aFunction() },
});

const scheme = objectOf<VersionScheme>(
  "a scheme of versions: semver(), debianVersions(), calendar(…), pattern(…) or releasesAndNightlies()",
  {
    required: {
      form: filledText,
      examples: filledList("a list of versions", filledText),
      samples: filledList("a list of versions", filledText),
      parse: aFunction(),
      compare: aFunction(),
      isRelease: aFunction(),
      isNightly: aFunction(),
      parts: aFunction(),
    },
    optional: { nightlyOf: aFunction() },
  },
);

/** A pipeline may be defined from another one: `activities` comes with that. */
export const definitionSchema = objectOf<PipelineDefinition & { readonly activities?: readonly Activity[] }>(
  "a pipeline's definition",
  {
    required: {
      name: filledText,
      summary: text,
      platforms,
      flow,
      image: filledText,
      dummyScript: filledText,
      invalidates: texts,
    },
    optional: {
      versions: scheme,
      inputs,
      source: aFunction(),
      env: aFunction(),
      buckets: objectOf<Partial<Record<BucketRole, string>>>("buckets by their roles", {
        required: {},
        optional: { assets: filledText, scratch: filledText, downloads: filledText, state: filledText },
      }),
      channels: list("a list of channels", channel),
      indexes: list("a list of texts", text),
      notifies: list("a list of notifications", notification),
      activities: z.array(z.any()),
    },
  },
);
