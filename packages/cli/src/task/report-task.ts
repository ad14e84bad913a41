import { formatDuration } from "@muster/history";
import { lookout } from "@muster/lambdas";
import { evidenceText, mayTouch, type Per, s3Url, statusOf, type Task, type Touch } from "@muster/pipeline";
import type { Context } from "../context.ts";
import type { Stage } from "../stages/stage.ts";
import type { BucketChanges, SeenObject } from "./bucket-objects.ts";
import type { FoundTask } from "./find-task.ts";
import type { EndedTask, TaskOutcome } from "./start-task.ts";

export interface TaskReport extends FoundTask {
  readonly ended: EndedTask;
  readonly changes: BucketChanges;
  readonly folder: string;
  readonly ms: number;
}

/** What `muster task --json` prints. */
export interface TaskJson {
  readonly task: string;
  /** The task's folder, which stays. */
  readonly folder: string;
  /** Of its script. */
  readonly exitCode: number;
  /** What a stage would have been told; absent of a shell, and where the agent itself failed. */
  readonly outcome?: TaskOutcome | undefined;
  /** Objects that it wrote. */
  readonly wrote: readonly { readonly url: string; readonly bytes: number }[];
  /** Objects that it removed. */
  readonly removed: readonly string[];
  /** What of that AWS would have refused. */
  readonly beyondAccess: readonly { readonly touch: Touch; readonly url: string }[];
  /** Evidence that a build would look for in vain. */
  readonly missing: readonly string[];
}

/** Says how a task ended, what it wrote and removed, what of that AWS would have refused, and what its definition still waits for. */
export async function reportTask(
  { name, task, ended, changes, folder, ms }: TaskReport,
  { stage, print, globals }: Pick<Context, "print" | "globals"> & { readonly stage: Stage },
): Promise<void> {
  const { buckets } = stage.description;
  const url = ({ object }: SeenObject) => s3Url(object, buckets);
  const refused = (touch: Touch, objects: readonly SeenObject[]) =>
    objects.filter(({ object }) => !mayTouch(task, touch, object)).map((seen) => ({ touch, url: url(seen) }));
  const beyond = [...refused("writes", changes.written), ...refused("deletes", changes.removed)];
  const missing = await missingOf(task, stage);
  if (globals.json) {
    const wrote = changes.written.map((seen) => ({ url: url(seen), bytes: seen.bytes }));
    print.json({
      task: name,
      folder,
      exitCode: ended.exitCode,
      outcome: ended.outcome,
      wrote,
      removed: changes.removed.map(url),
      beyondAccess: beyond,
      missing,
    } satisfies TaskJson);
    return;
  }
  for (const seen of changes.written) print.sentence(`wrote ${url(seen)} (${seen.bytes} bytes)`);
  for (const seen of changes.removed) print.sentence(`removed ${url(seen)}`);
  for (const { touch, url: object } of beyond)
    print.note(`warning: on AWS it may not: ${task.activity.name}'s access.${touch} does not name ${object}`);
  if (ended.outcome?.kind === "success")
    for (const object of missing) print.note(`warning: a build would take it for not done: ${object} does not exist`);
  print.sentence(`${name} ${describeEnd(ended, formatDuration(ms))}; its folder stays: ${folder}`);
}

/** What a build would still look for in vain. */
async function missingOf<P extends Per>({ activity, subject }: Task<P>, { s3, description }: Stage): Promise<string[]> {
  const { status, evidence } = await statusOf(activity, subject, lookout(await s3(), description.buckets).isThere);
  return status === "not_built" ? evidence.map((each) => evidenceText(each, description.buckets)) : [];
}

function describeEnd({ outcome, exitCode }: EndedTask, time: string): string {
  switch (outcome?.kind) {
    case undefined:
      return `ended with exit code ${exitCode} after ${time}`;
    case "success":
      return `succeeded${outcome.output.note === undefined ? "" : ` (${outcome.output.note})`} after ${time}`;
    case "failure": {
      const { exit, message, line } = outcome.cause;
      const why = [exit === undefined ? undefined : `exit ${exit}`, message].filter((part) => part !== undefined);
      return `failed: ${[outcome.error, ...why].join(", ")} after ${time}${line === undefined ? "" : `: ${line}`}`;
    }
    case "cancelled":
      return `was ended: ${outcome.why} after ${time}`;
  }
}
