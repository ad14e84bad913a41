import * as z from "zod";
import { BuildInput } from "./build-input.ts";
import { Place } from "./place.ts";
import { TaskInput, TaskScripts } from "./task.ts";

/** What the state machine hands to each Lambda function, and what it takes back. */

/** From the context object: which execution asks. */
export const ExecutionContext = z.object({
  /** The execution's ARN. */
  id: z.string(),
  name: z.string(),
  startTime: z.iso.datetime({ offset: true }),
});
export type ExecutionContext = z.infer<typeof ExecutionContext>;

export const ParseInputEvent = z.object({ input: z.unknown(), execution: ExecutionContext });
export const ParseInputAnswer = z.object({ buildInput: BuildInput });

/** A version's platforms: all that it has, and those of them that the build makes. */
export const KnownPlatforms = z.object({
  all: z.array(z.string()),
  ofBuild: z.array(z.string()),
  /** The build's tasks are more than one execution's history holds: each platform has an execution of its own. */
  distributed: z.literal(true).optional(),
  /** Of such a build: how many of these executions run at the same time. */
  atOnce: z.number().int().positive().optional(),
});
export type KnownPlatforms = z.infer<typeof KnownPlatforms>;

export const GetPlatformsEvent = z.object({
  version: z.string(),
  buildInput: BuildInput,
  execution: ExecutionContext,
  /** State machines of builds that began under an earlier Muster take the list of those that the build makes. */
  answer: z.literal("both").optional(),
});
/** Stored as `$.platforms`. */
export const GetPlatformsAnswer = z.union([KnownPlatforms, z.array(z.string())]);
export type GetPlatformsAnswer = z.infer<typeof GetPlatformsAnswer>;

export const PrepareActivityEvent = z.intersection(
  Place,
  z.object({
    activity: z.string(),
    /** Of the version, as far as GetPlatformsForVersion has run: what it answered. */
    platforms: GetPlatformsAnswer.optional(),
    buildInput: BuildInput,
    /** What ForEachVersion came to, of a build's own steps after it. */
    versionResults: z.unknown().optional(),
    /** Of a step that goes by what came before it: results as states have them, the innermost first, lists of them in one another. */
    before: z.array(z.unknown()).optional(),
    execution: ExecutionContext,
    /** Part of the state machine's version, so that a deployment during a build changes nothing for its tasks. */
    scripts: TaskScripts.optional(),
    /** When the state was entered: the same for each retry, another for each new attempt of the build. */
    enteredTime: z.iso.datetime({ offset: true }),
  }),
);
export type PrepareActivityEvent = z.infer<typeof PrepareActivityEvent>;

/** Stored as `$.results.<Step>`. */
export const PrepareActivityAnswer = z.union([
  z.object({ skip: z.literal(true), reason: z.string() }),
  z.object({
    skip: z.literal(false),
    reason: z.string(),
    taskInput: TaskInput,
    /** No worker could be launched now; repair launches one. */
    deferred: z.string().optional(),
  }),
]);
export type PrepareActivityAnswer = z.infer<typeof PrepareActivityAnswer>;

/** Called with the token of the state that waits for a person. Answers nothing that counts: who knows an answer sends it. */
export const RequestApprovalEvent = z.intersection(
  Place,
  z.object({
    approval: z.string(),
    token: z.string(),
    buildInput: BuildInput,
    /** What ForEachVersion came to, after it. */
    versionResults: z.unknown().optional(),
    /** Where steps go by what came before them: results, as PrepareActivity is told them. */
    before: z.array(z.unknown()).optional(),
    execution: ExecutionContext,
  }),
);
export type RequestApprovalEvent = z.infer<typeof RequestApprovalEvent>;

export const HealthCheckWaitEvent = z.object({ token: z.string(), execution: ExecutionContext });
export const HealthCheckEvent = z.object({ buildInput: BuildInput, execution: ExecutionContext });
/** What repair found and did for one activity, over all running builds. */
export const RepairReport = z.object({
  activity: z.string(),
  /** Tasks that had no worker. */
  pending: z.number(),
  launched: z.number(),
  /** Tasks that were given up. */
  failed: z.number(),
  /** Why workers are missing still. */
  why: z.string().optional(),
});
export type RepairReport = z.infer<typeof RepairReport>;

/** Stored as `$.healthCheck`; ShouldHealthCheck reads `continue`, HealthCheckWait `tickSeconds`. */
export const HealthCheckAnswer = z.looseObject({
  continue: z.boolean(),
  /** Until the next check, where there is one. */
  tickSeconds: z.number().optional(),
  /** Activities of which tasks wait. */
  repaired: z.array(RepairReport).optional(),
});
export const EndHealthCheckEvent = z.object({ execution: ExecutionContext });

/** `results` is `$.results` as the state machine has it, normalised or not. */
export const ResultsEvent = z.object({ results: z.unknown(), buildInput: BuildInput, execution: ExecutionContext });
/** Stored as `$.reposChanged`. */
export const CheckIfReposChangedAnswer = z.boolean();

/** What a Map Run has come to, as its ResultWriter says where. */
export const WrittenResults = z.object({
  MapRunArn: z.string(),
  ResultWriterDetails: z.object({ Bucket: z.string(), Key: z.string() }),
});
export type WrittenResults = z.infer<typeof WrittenResults>;

/** Results as the state machine has them, or of a Map Run, which lie in S3. */
export const NormalizeResultsEvent = z.union([
  z.object({ mapRun: WrittenResults, buildInput: BuildInput }),
  z.object({ results: z.unknown() }),
]);
/** `results` is the whole output of NormalizeResults. */
export const CheckForFailuresEvent = z.object({ results: z.unknown(), execution: ExecutionContext });
