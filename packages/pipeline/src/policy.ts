import * as z from "zod";
import { USUAL_IDLE_SECONDS } from "./worker-environment.ts";

/** How a stage weighs time against money, where a release comes out the same either way. */
export const Policy = z.object({
  /** Launches a step's worker so much earlier that it is ready when what comes before the step is expected to end. */
  startAhead: z.boolean(),
  /** In which order the platforms of a version are begun; where workers are scarce, the longest task begun last ends last. */
  order: z.enum(["as-listed", "longest-first"]),
  /** `reused`: an idle worker is left to a new task, and none is launched for it; it has its tasks' data, and nothing of a fresh machine. */
  idleWorkers: z.enum(["left", "reused"]),
  /** Seconds without a task after which a worker shuts down. */
  idleSeconds: z.number().int().min(60).max(86_400),
  /** `on-demand`: what a version's end waits for longest takes no spot instance, whatever the pipeline wishes; the rest does as it says. */
  criticalPath: z.enum(["as-declared", "on-demand"]),
});
export type Policy = z.infer<typeof Policy>;

/** Of a stage that says nothing else. */
export const usualPolicy: Policy = {
  startAhead: false,
  order: "as-listed",
  idleWorkers: "left",
  idleSeconds: USUAL_IDLE_SECONDS,
  criticalPath: "as-declared",
};

/** As stages write it: what is as usual may be left out. */
export const WrittenPolicy = Policy.partial();

/** A stage's, complete. */
export const policyOf = ({ policy = {} }: { readonly policy?: z.infer<typeof WrittenPolicy> | undefined }): Policy => ({
  startAhead: policy.startAhead ?? usualPolicy.startAhead,
  order: policy.order ?? usualPolicy.order,
  idleWorkers: policy.idleWorkers ?? usualPolicy.idleWorkers,
  idleSeconds: policy.idleSeconds ?? usualPolicy.idleSeconds,
  criticalPath: policy.criticalPath ?? usualPolicy.criticalPath,
});
