import { type WorkerName, workerName } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { type AwsClients, lazily } from "../aws/aws-clients.ts";
import { backOff, type Clock, sleep, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";

/** As people see a worker in the list of instances. */
export interface WorkerTags extends WorkerName {
  readonly tagState: "idle" | "active" | "stopping" | "failed";
  /** The current task; empty between tasks. */
  readonly task: string;
}

export interface NameTag {
  /** Returns at once; a state that is overtaken by the next before it was written is left out. */
  show(tags: WorkerTags): void;
  /** At the worker's end: resolves when the last state is written or has failed once more, or after a moment. */
  settled(): Promise<void>;
}

export interface NameTagOptions {
  readonly clients: Pick<AwsClients, "ec2">;
  readonly instanceId: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

export const loadEc2 = lazily(() => import("../aws/ec2-client.ts"));

const SETTLE_MS = 3000;
/** States that follow each other faster are not worth a call: of a task that takes no time, only its end shows. */
const LINGER_MS = 50;
const AGAIN = { firstMs: 5000, mostMs: 60_000 };

/**
 * Tags never delay a task nor fail it. A call that fails is repeated until the next state takes its place: an idle machine that says for ever that it
 * boots counts as one that will never be ready, and another one is launched beside it.
 */
export function nameTag({ clients, instanceId, clock, diagnostics }: NameTagOptions): NameTag {
  let next: WorkerTags | undefined;
  let writing: Promise<void> | undefined;
  let isEnding = false;
  let pause = new AbortController();
  const put = async ({ tagState, task, ...name }: WorkerTags) => {
    const [{ writeTags }, ec2] = await Promise.all([loadEc2(), clients.ec2()]);
    await writeTags(ec2, instanceId, {
      Name: workerName(name),
      [WorkerTag.state]: tagState,
      [WorkerTag.task]: task,
    });
  };
  const write = async () => {
    await sleep(clock, LINGER_MS);
    for (let tries = 1; next !== undefined; ) {
      const shown = next;
      next = undefined;
      try {
        await put(shown);
        tries = 1;
      } catch (error) {
        if (tries === 1) diagnostics.warn("the tags could not be written", { error });
        if (isEnding) return;
        pause = new AbortController();
        if (next === undefined) await sleep(clock, backOff(tries, AGAIN), pause.signal);
        next ??= shown;
        tries += 1;
      }
    }
  };
  return {
    show(tags) {
      next = tags;
      pause.abort();
      writing ??= write().finally(() => {
        writing = undefined;
      });
    },
    settled() {
      isEnding = true;
      pause.abort();
      return within(clock, SETTLE_MS, { work: writing ?? Promise.resolve(), otherwise: undefined });
    },
  };
}

/** For workers that are no instances. */
export const noNameTag: NameTag = { show() {}, settled: async () => {} };
