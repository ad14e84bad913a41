import { untilAborted } from "../clock.ts";
import type { WorkerDisplay } from "../machine/worker-display.ts";
import type { WorkerScripts } from "../script/worker-scripts.ts";

export interface BeginningParts {
  readonly activity: string;
  readonly display: WorkerDisplay;
  /** False when there was nothing. */
  readonly recoverTask: () => Promise<boolean>;
  readonly endFormerInit: () => Promise<void>;
  readonly scripts: WorkerScripts;
  /** What it needs before its first task: a worker that a fake build launched sources init only when a real task reaches it. */
  readonly needs: "init" | "scripts" | "dummy script";
  readonly stop: AbortSignal;
}

/** Ends what an agent that died here has left, and gets ready for tasks; false where it left a task. */
export async function beginWorker(parts: BeginningParts): Promise<boolean> {
  const { activity, display } = parts;
  display.show({ state: "waiting", tasks: 0, subject: activity, tagState: "idle", task: "" });
  const hasRecovered = await parts.recoverTask();
  await parts.endFormerInit();
  if (!hasRecovered) await getReady(parts);
  return !hasRecovered;
}

/** Scripts are fetched beside the first poll; init, which may take minutes, comes before it. A failure shows in the task that meets it. */
async function getReady({ scripts, needs, stop }: BeginningParts): Promise<void> {
  switch (needs) {
    case "dummy script":
      void scripts.dummy();
      return;
    case "init":
    case "scripts":
      void scripts.script();
      void scripts.afterTask();
      if (needs === "init") await untilAborted(stop, scripts.init()).catch(() => {});
      return;
    default:
      return needs satisfies never;
  }
}
