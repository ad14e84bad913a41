import * as z from "zod";

/** Records that Muster keeps in the state bucket, as JSON objects; `stateKey` names them. */

/** The token of a HealthCheckWait that nobody has answered yet. */
export const HealthCheckToken = z.object({ token: z.string() });

/** Written by a worker when it takes a task; only the repair function may read it. */
export const Claim = z.object({
  token: z.string(),
  execution: z.string(),
  task: z.string(),
  activity: z.string(),
  instance: z.string(),
  claimedAt: z.iso.datetime(),
});
export type Claim = z.infer<typeof Claim>;

/** What was asked of EC2 for an activity, so that instances which are not visible yet are counted. */
export const LaunchRecord = z.object({
  activity: z.string(),
  clientToken: z.string(),
  requestedAt: z.iso.datetime(),
  execution: z.string().optional(),
  task: z.string().optional(),
  wanted: z.number(),
  instances: z.array(z.string()),
  /** Errors per pool: which types in which zones were refused, and why. */
  errors: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      instanceType: z.string().optional(),
      zone: z.string().optional(),
      market: z.string().optional(),
    }),
  ),
});
export type LaunchRecord = z.infer<typeof LaunchRecord>;

/** A lease: whoever holds it may act until it expires; the fencing number grows with each holder. */
export const Lease = z.object({
  holder: z.string(),
  fencing: z.number(),
  expiresAt: z.iso.datetime(),
  /** Released leases are overwritten, never deleted, so that the number only grows. */
  released: z.boolean(),
});
export type Lease = z.infer<typeof Lease>;

const executionName = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(":") + 1);

/** Keys in the state bucket. Executions may be given by name or ARN. */
export const stateKey = {
  healthCheckToken: (execution: string) => `executions/${executionName(execution)}/health-check-token.json`,
  buildDone: (execution: string) => `executions/${executionName(execution)}/done.json`,
  claims: (activity: string) => `claims/${activity}/`,
  claim: (activity: string, instanceId: string) => `claims/${activity}/${instanceId}.json`,
  launches: (activity: string) => `launches/${activity}/`,
  launch: (activity: string, clientToken: string) => `launches/${activity}/${clientToken}.json`,
  /** Held by the repair of an activity, so that a tick and an event do not launch twice. */
  repairLease: (activity: string) => `leases/repair/${activity}.json`,
  /** Held by a worker of an `exclusive` activity while its script runs. */
  exclusiveLease: (activity: string) => `leases/exclusive/${activity}.json`,
  attempts: (execution: string) => `attempts/${executionName(execution)}/`,
  attempt: (execution: string, task: string, instanceId: string, claimedAt: string) =>
    `attempts/${executionName(execution)}/${task}/${claimedAt.replaceAll(/[:.]/g, "-")}_${instanceId}.json`,
  reaper: "reaper/marks.json",
} as const;
