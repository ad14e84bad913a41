import { type WorkerName, workerName } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { type AwsClients, lazily } from "../aws/aws-clients.ts";
import { type Clock, sleep, within } from "../clock.ts";
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
  /** Resolves when the last state is written, or after a moment. */
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

/** Best effort: tags never delay a task nor fail it, and a failed call is not repeated, because the next state follows anyway. */
export function nameTag({ clients, instanceId, clock, diagnostics }: NameTagOptions): NameTag {
  let next: WorkerTags | undefined;
  let writing: Promise<void> | undefined;
  const write = async () => {
    await sleep(clock, LINGER_MS);
    const [{ writeTags }, ec2] = await Promise.all([loadEc2(), clients.ec2()]);
    while (next !== undefined) {
      const { tagState, task, ...name } = next;
      next = undefined;
      const tags = { Name: workerName(name), [WorkerTag.state]: tagState, [WorkerTag.task]: task };
      await writeTags(ec2, instanceId, tags);
    }
  };
  return {
    show(tags) {
      next = tags;
      writing ??= write()
        .catch((error: unknown) => diagnostics.warn("the tags could not be written", { error }))
        .finally(() => {
          writing = undefined;
        });
    },
    settled: () => within(clock, SETTLE_MS, { work: writing ?? Promise.resolve(), otherwise: undefined }),
  };
}

/** For workers that are no instances. */
export const noNameTag: NameTag = { show() {}, settled: async () => {} };
