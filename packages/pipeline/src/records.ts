import * as z from "zod";
import { DebugMode } from "./build-input.ts";

/** Records that Muster keeps in the state bucket, as JSON objects; `stateKey` of `@muster/records` names them. */

/** The token of a HealthCheckWait that nobody has answered yet. */
export const HealthCheckToken = z.object({ token: z.string() });

/** Written by a worker when it takes a task; only the repair function may read it. */
export const Claim = z.object({
  /** As long as Step Functions takes one. */
  token: z.string().min(1).max(2048),
  execution: z.string(),
  task: z.string(),
  activity: z.string(),
  instance: z.string(),
  claimedAt: z.iso.datetime(),
});
export type Claim = z.infer<typeof Claim>;

/** A step that is about to publish a task: it needs a worker. Written by PrepareActivity, never changed, dropped by the reaper. */
export const Demand = z.object({
  execution: z.string(),
  task: z.string(),
  debug: DebugMode,
  /** See TaskInput. */
  templateVersion: z.string().optional(),
  /** It takes no spot instance, whatever its activity prefers. */
  onDemand: z.literal(true).optional(),
});
export type Demand = z.infer<typeof Demand>;

/**
 * Why EC2 gave less than was asked for. `throttling`: it asks for patience, or has given no answer; `configuration`: AWS documents it as the caller's own
 * mistake; `unknown`: a code that nobody has classed, which passes like the others.
 */
export const Refusal = z.enum(["capacity", "quota", "throttling", "configuration", "unknown"]);
export type Refusal = z.infer<typeof Refusal>;

/** Of one pool: a type in a zone. */
export const LaunchError = z.object({
  refusal: Refusal,
  code: z.string(),
  message: z.string(),
  instanceType: z.string().optional(),
  zone: z.string().optional(),
  market: z.string().optional(),
});
export type LaunchError = z.infer<typeof LaunchError>;

/**
 * One call to EC2: written before it as an intent, so that whoever finds it unfinished repeats exactly that call, and after it with
 * its outcome, so that instances which are not visible yet are counted.
 */
export const LaunchRecord = z.object({
  activity: z.string(),
  clientToken: z.string(),
  requestedAt: z.iso.datetime(),
  /** Workers asked for; 0 where a limit allowed none. */
  wanted: z.number(),
  market: z.enum(["spot", "on-demand"]),
  /** The debug mode of the build that asked; empty as soon as one real build did. */
  launchedBy: DebugMode,
  /** Of the launch template; the stage's where absent. */
  templateVersion: z.string().optional(),
  /** Ids of the demands that this call answers, whatever its outcome. */
  demands: z.array(z.string()),
  /** Workers without a task that some of these demands are left to, none being launched for them. */
  reused: z.array(z.string()).optional(),
  /** False while it is an intent, and while EC2 has given no answer that says what came of it. */
  finished: z.boolean(),
  /** When EC2 answered; later than `requestedAt` where the call had to be repeated. */
  answeredAt: z.iso.datetime().optional(),
  instances: z.array(z.string()),
  /** Which types in which zones were refused, and why. */
  errors: z.array(LaunchError),
});
export type LaunchRecord = z.infer<typeof LaunchRecord>;

const seconds = z.array(z.number().nonnegative());

/** What a stage has seen of how long things take: the last few successes of each, the latest last, in seconds. Renewed at the end of each build. */
export const DurationRecord = z.object({
  /** Executions that are in it, the last ones: an end that is told twice counts once. */
  builds: z.array(z.string()),
  /** From the launch of a machine until it took a task that waited for it. */
  boots: seconds,
  /** By activity, and in it by platform; "" for what is about no platform. */
  tasks: z.record(z.string(), z.record(z.string(), seconds)),
});
export type DurationRecord = z.infer<typeof DurationRecord>;

/** A lease: whoever holds it may act until it expires; the fencing number grows with each holder. */
export const Lease = z.object({
  holder: z.string(),
  fencing: z.number(),
  expiresAt: z.iso.datetime(),
  /** Released leases are overwritten, never deleted, so that the number only grows. */
  released: z.boolean(),
  /**
   * Of an activity's launches: none that was asked for before is without an outcome, nor are demands that it answered still among those that wait. null where
   * that holds of all launches; absent where nobody knows.
   */
  unsettledSince: z.iso.datetime().nullable().optional(),
  /** Of an activity's repairs: until then one that an event asks for waits, because the last one has read many histories. */
  restsUntil: z.iso.datetime().optional(),
});
export type Lease = z.infer<typeof Lease>;

/** What became of a version that was taken back; kept for good. */
export const WithdrawalRecord = z.object({
  version: z.string(),
  /** The oldest first; the last says how it stands. */
  events: z
    .array(
      z.object({
        event: z.enum(["withdrawn", "republished"]),
        /** When the build that does it began. */
        at: z.iso.datetime(),
        /** The name of that build. */
        build: z.string(),
        /** Of a withdrawal: whoever wanted it. */
        by: z.string().optional(),
        reason: z.string().optional(),
      }),
    )
    .min(1),
});
export type WithdrawalRecord = z.infer<typeof WithdrawalRecord>;
