import * as z from "zod";
import { InputValue } from "./input.ts";

/** How a build was started, where it is not meant. */
export const DebugMode = z.enum(["", "skip_ec2", "fake_ec2", "test_build"]);
export type DebugMode = z.infer<typeof DebugMode>;

/**
 * Steps that are made again though what they make is there: of each, the steps that were named and that it follows by what they make; none of one that was named
 * itself.
 */
export const MadeAgain = z.record(z.string(), z.array(z.string()));
export type MadeAgain = z.infer<typeof MadeAgain>;

/**
 * What another build left undone, by the names of its tasks. A name without a platform, or without a version, stands for all that would begin with it. What
 * is named in neither list was done, and is left alone unless its artifacts are gone.
 */
export interface RetryOf {
  /** The execution's name. */
  readonly build: string;
  /** What failed, was cut off, or ran without what failed: done again, whatever is there. */
  readonly again: readonly string[];
  /** What waited for it: decided as in any build that makes the same again. */
  readonly waited: readonly string[];
  /** What that build was to make again. */
  readonly rerun?: MadeAgain | undefined;
  /** Whether it was to make all of its steps again. */
  readonly force?: true | undefined;
}
export const RetryOf: z.ZodType<RetryOf> = z.object({
  build: z.string(),
  again: z.array(z.string()),
  waited: z.array(z.string()),
  rerun: MadeAgain.optional(),
  force: z.literal(true).optional(),
});

/** Said of a build that takes its versions back, and makes nothing. */
export interface WithdrawalOf {
  /** Who wants it, as AWS or this machine calls them. */
  readonly by: string;
  /** Why, in one line. */
  readonly reason?: string | undefined;
}
export const WithdrawalOf: z.ZodType<WithdrawalOf> = z.object({ by: z.string(), reason: z.string().optional() });

/** What to build: the one thing a person says of a build, understood. */
export const BuildInput = z.object({
  /** At least one, as the pipeline writes them, in the order they were named. */
  versions: z.array(z.string()).min(1),
  /** Empty: all that a version supports. In the order they were named. */
  platforms: z.array(z.string()),
  /** Steps by name. Empty: all. */
  activities: z.array(z.string()),
  /** Empty for a build that is meant; else how it was started: `--skip-ec2`, `--fake-ec2`, `--test-build`. */
  debug: DebugMode,
  /** Machines of failed tasks stay, idle, for some hours. */
  keepFailed: z.literal(true).optional(),
  /** Start although a running build has a version and platform in common. */
  allowOverlap: z.literal(true).optional(),
  /**
   * Steps that are made again though what they make is there (`--rerun`): each with the steps that were named and that it follows, with none where it was named
   * itself.
   */
  rerun: MadeAgain.optional(),
  /** All of its steps are made again (`--force`). */
  force: z.literal(true).optional(),
  /** Publish also what was withdrawn: it is withdrawn no longer. */
  republish: z.literal(true).optional(),
  /** Where it is started by `muster withdraw`: what was published is taken back. */
  withdraw: WithdrawalOf.optional(),
  /** Where it is started by `muster retry`: what another build left undone, and nothing else. */
  retry: RetryOf.optional(),
  /** All that the pipeline declared when the build began, by name; absent where it declared none. Typed by `inputsOf`. */
  inputs: z.record(z.string(), InputValue).optional(),
});
export type BuildInput = z.infer<typeof BuildInput>;
