import { ErrorName, TaskInput, workerPollName } from "@muster/pipeline";
import { sleep, untilAborted } from "../clock.ts";
import { endFormerInit } from "../script/former-init.ts";
import { isPretended } from "../task/execute-task.ts";
import { report } from "../task/report.ts";
import { runTask, type TaskEnd } from "../task/run-task.ts";
import { type ClaimedTask, createPoller } from "./poll.ts";
import { recoverTask } from "./recover-task.ts";
import type { Worker } from "./worker.ts";

/** Why a worker ended; for its own log and the one line in its status file. */
export type AgentEnd = "idle" | "lifetime" | "failed task" | "recovered" | "stopped";

const DEFAULT_IDLE_SECONDS = 600;
const DEFAULT_LIFETIME_SECONDS = 24 * 3600;
const KEEP_FAILED_MS = 4 * 3600_000;
/** AWS holds a long poll for about a minute, and may hand out a task until its end. */
const LAST_POLL_MS = 65_000;
/** What the log still holds when a worker ends is sent within this time. */
const LAST_FLUSH_MS = 300_000;
const AFTER_REQUEUE_MS = 10_000;
/** A worker that Step Functions does not answer is not idle, but for this long at most: it may be alone with its trouble. */
const MOST_UNHEARD_MS = 3_600_000;

/** Polls and runs tasks, one at a time, until there is a reason to stop; then cleans up. Rejects only where the agent itself is wrong. */
export async function runAgent(worker: Worker): Promise<AgentEnd> {
  const {
    tag,
    environment,
    diagnostics,
    log,
    claims,
    scripts,
    unfinished,
    watchdog,
    pipes,
    view,
    stop,
    status,
    lastWordsMs,
  } = worker;
  tag.show({ state: "waiting", tasks: 0, subject: environment.worker.ACTIVITY_NAME, tagState: "idle", task: "" });
  const { end, tasks, last } = await pollAndRun(worker);
  diagnostics.info("the worker ends", { end, tasks });
  await scripts.cleanup();
  watchdog.close();
  await Promise.all([pipes.close(), view.close()]);
  // The Name of a worker whose last task failed keeps saying so.
  if (last?.failed !== true) {
    tag.show({
      state: "waiting",
      tasks,
      subject: last?.name ?? environment.worker.ACTIVITY_NAME,
      tagState: "stopping",
      task: "",
    });
  }
  const flushed = log.flush(stop.aborted ? lastWordsMs : LAST_FLUSH_MS);
  const recordsMs = stop.aborted ? lastWordsMs : LAST_FLUSH_MS;
  await Promise.all([claims.settled(), tag.settled(), worker.records.settle(recordsMs)]);
  if (!(await flushed)) diagnostics.error("the end of the log could not be sent");
  status.ended(end);
  await status.settled();
  await unfinished.clear().catch((error: unknown) => diagnostics.warn("the last task is still noted", { error }));
  return end;
}

interface PollingEnd {
  readonly end: AgentEnd;
  readonly tasks: number;
  readonly last: TaskEnd | undefined;
}

async function pollAndRun(worker: Worker): Promise<PollingEnd> {
  const { environment, clock, stop, scripts } = worker;
  const { IDLE_SECONDS, MAX_LIFETIME_SECONDS } = environment.worker;
  const idleMs = Number(IDLE_SECONDS ?? DEFAULT_IDLE_SECONDS) * 1000;
  const endOfLifeMs = clock.now() + Number(MAX_LIFETIME_SECONDS ?? DEFAULT_LIFETIME_SECONDS) * 1000;
  let idleSinceMs = clock.now();
  let unheardMs = 0;
  let tasks = 0;
  let last: TaskEnd | undefined;
  const recovered = await recoverTask(worker);
  await endFormerInit({ ...worker, folder: worker.folder.state });
  if (recovered) return { end: "recovered", tasks, last };
  if (wantsInitAtOnce(worker)) await readyForTasks(worker);
  else void scripts.dummy();

  const next = createTaskSource(worker);
  while (!stop.aborted) {
    if (clock.now() >= endOfLifeMs) return { end: "lifetime", tasks, last };
    if (clock.now() - idleSinceMs >= idleMs) return { end: "idle", tasks, last };
    const askedMs = clock.now();
    const { claimed, answered } = await next();
    if (claimed === undefined) {
      // A poll without an answer has not seen that there is no work.
      const unheard = answered ? 0 : Math.min(clock.now() - askedMs, MOST_UNHEARD_MS - unheardMs);
      unheardMs = answered ? 0 : unheardMs + unheard;
      idleSinceMs += unheard;
      continue;
    }
    last = await runTask(worker, claimed, ++tasks);
    if (stop.aborted) break;
    if (last.failed) {
      await stayForPeople(worker, last, tasks);
      return { end: "failed task", tasks, last };
    }
    idleSinceMs = clock.now();
    unheardMs = 0;
  }
  return { end: "stopped", tasks, last };
}

/** A worker that a fake build launched sources init only when a real task reaches it. */
function wantsInitAtOnce({ identity }: Worker): boolean {
  const launchedBy = identity.instance?.launchedBy ?? "";
  return launchedBy !== "fake_ec2" && launchedBy !== "skip_ec2";
}

/** Scripts are fetched beside the first poll; init, which may take minutes, comes before it. A failure shows in the task that meets it. */
async function readyForTasks({ scripts, environment, stop }: Worker): Promise<void> {
  void scripts.script();
  void scripts.afterTask();
  if (environment.worker.INIT_URL === undefined) return;
  await untilAborted(stop, scripts.init()).catch(noValue);
}

const noValue = (): void => {};

/**
 * Polls once, and to the end: a poll that is given up may just have been answered, and its task would wait for its first heartbeat in vain. A
 * task that arrives when the worker must stop goes back to the queue.
 */
function createTaskSource(worker: Worker): () => Promise<{ claimed: ClaimedTask | undefined; answered: boolean }> {
  const { clients, environment, identity, clock, mayAbandonPolls, stop } = worker;
  let answered = false;
  const poll = createPoller({
    ...worker,
    sfn: clients.sfn,
    activityArn: environment.worker.ACTIVITY_ARN,
    workerName: workerPollName(identity.instanceId),
    onAnswer() {
      answered = true;
    },
  });
  return async () => {
    answered = false;
    const abandon = new AbortController();
    const giveUp = () => abandon.abort();
    if (mayAbandonPolls) stop.addEventListener("abort", giveUp, { once: true });
    const claimed = await poll(abandon.signal).finally(() => stop.removeEventListener("abort", giveUp));
    if (claimed === undefined) return { claimed, answered };
    const isOthers = worker.testOnly && !isPretendedInput(claimed.input);
    if (!stop.aborted && !isOthers) return { claimed, answered };
    await requeue(worker, claimed);
    // A test worker leaves a real task time to reach a real worker.
    if (isOthers) await sleep(clock, AFTER_REQUEUE_MS, stop);
    return { claimed: undefined, answered };
  };
}

function isPretendedInput(input: string): boolean {
  try {
    return isPretended(TaskInput.parse(JSON.parse(input)));
  } catch {
    return false;
  }
}

async function requeue({ clients, clock, diagnostics, identity }: Worker, { token }: ClaimedTask): Promise<void> {
  const cause = { ec2: identity.instanceId, time_sec: "0" };
  const untilMs = clock.now() + LAST_POLL_MS;
  const answer = await report(
    { kind: "failure", error: ErrorName.requeued, cause },
    { sfn: clients.sfn, token, clock, diagnostics, untilMs },
  );
  diagnostics.info("task given back", { answer });
}

/** `--keep-failed`: the machine stays, idle and tagged, for some hours. */
async function stayForPeople({ tag, clock, stop, diagnostics }: Worker, last: TaskEnd, tasks: number): Promise<void> {
  tag.show({ state: "active", tasks, subject: last.name, tagState: "failed", task: last.name });
  if (!last.keepMachine) return;
  diagnostics.info("the machine is kept for people to look at", { task: last.name, hours: KEEP_FAILED_MS / 3600_000 });
  await sleep(clock, KEEP_FAILED_MS, stop);
}
