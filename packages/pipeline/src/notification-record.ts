import * as z from "zod";

/**
 * What became of telling one of them that a build has ended: kept in the state bucket, one record for each end and each who is told. It
 * holds no secret, and no address.
 */
export const NotificationRecord = z.object({
  /** By its name in the pipeline. */
  target: z.string(),
  kind: z.string(),
  /** How the build ended: a `BuildEnd`. */
  end: z.string(),
  /** Of the build: one that is redriven ends again. */
  endedAt: z.iso.datetime(),
  /** The same in each try, so that a receiver who was told twice knows it. */
  messageId: z.string(),
  /** `sending`: somebody is at it, or died at it; `failing`: it will be tried again; `failed`: it will not. */
  state: z.enum(["sending", "told", "failing", "failed"]),
  /** When it came to this state. */
  at: z.iso.datetime(),
  /** How often the function has come to it. */
  rounds: z.number(),
  /** How often the receiver was asked, over all rounds. */
  requests: z.number(),
  /** Why it was not told: `answers 503 Service Unavailable`. */
  problem: z.string().optional(),
});
export type NotificationRecord = z.infer<typeof NotificationRecord>;

/** What a person asks of the function: to tell a build's end again, or to try out with an end that did not happen. */
export const NotificationRequest = z.object({
  "detail-type": z.literal("Muster Notification Request"),
  detail: z.object({
    /** The build whose end is told again; absent: a trial, which says that it is one. */
    executionArn: z.string().optional(),
    /** By name; all that the stage tells where absent. */
    targets: z.array(z.string()).optional(),
  }),
});
export type NotificationRequest = z.infer<typeof NotificationRequest>;

/** What the function answers: one of these for each whom it was about. */
export const NotificationOutcome = z.object({
  target: z.string(),
  kind: z.string(),
  told: z.boolean(),
  requests: z.number(),
  /** Why it was not told. */
  problem: z.string().optional(),
});
export type NotificationOutcome = z.infer<typeof NotificationOutcome>;

/** Outcomes, or why nobody was to be told: `a build that publishes nothing`. */
export const NotifyAnswer = z.union([
  z.object({ outcomes: z.array(NotificationOutcome) }),
  z.object({ ignored: z.string() }),
]);
export type NotifyAnswer = z.infer<typeof NotifyAnswer>;
