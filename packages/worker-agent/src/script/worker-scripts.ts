import type { TaskInput } from "@muster/pipeline";
import type { AgentEnvironment } from "../env.ts";
import { createMask } from "../log/mask-secrets.ts";
import { installAwsCommand } from "../machine/install-aws-command.ts";
import type { WorkerFolder } from "../machine/worker-folder.ts";
import { type FetchedScript, type FetchOptions, fetchScript } from "./fetch-script.ts";
import type { PipeSource } from "./output-pipe.ts";
import type { LineTarget } from "./script-output.ts";
import { type SourcedInit, sourceInit } from "./source-init.ts";

/** A worker's scripts, each fetched once; one that could not be fetched is tried again when it is asked for. A promise that rejects fails the tasks that need it. */
export interface WorkerScripts {
  /** What a task runs: its build's script, or the worker's own. */
  script(task?: Pick<TaskInput, "scripts">): Promise<FetchedScript>;
  /** What tasks of fake and skip builds run. */
  dummy(): Promise<FetchedScript>;
  afterTask(task?: Pick<TaskInput, "scripts">): Promise<FetchedScript | undefined>;
  /** Sources init when it is first asked for. */
  init(): Promise<SourcedInit | undefined>;
  /** init's cleanup(), if init was sourced; never rejects. */
  cleanup(): Promise<void>;
}

export interface WorkerScriptsOptions extends Omit<FetchOptions, "folder"> {
  readonly environment: AgentEnvironment;
  readonly folder: WorkerFolder;
  /** Where init's output goes. */
  readonly targets: readonly LineTarget[];
  readonly pipes: PipeSource;
  /** Interrupts init. */
  readonly stop: AbortSignal;
}

export function workerScripts(options: WorkerScriptsOptions): WorkerScripts {
  const { environment, folder, targets, pipes, clock, diagnostics, stop } = options;
  const { SCRIPT_URL, DUMMY_SCRIPT_URL, AFTER_TASK_URL, INIT_URL } = environment.worker;
  const byUrl = new Map<string, Promise<FetchedScript>>();
  const fetched = (url: string): Promise<FetchedScript> => {
    const known = byUrl.get(url);
    if (known !== undefined) return known;
    const script = fetchScript(url, { ...options, folder: folder.scripts });
    byUrl.set(url, script);
    // What could not be had when the machine started may well be there when a task needs it. Until then nobody looks at the rejection.
    script.catch(() => byUrl.delete(url));
    return script;
  };
  let sourced: Promise<SourcedInit | undefined> | undefined;

  const source = async () => {
    if (INIT_URL === undefined) return undefined;
    const script = await fetched(INIT_URL).catch((error: unknown) => {
      sourced = undefined;
      throw error;
    });
    const init = await sourceInit({
      script,
      folder: folder.state,
      scripts: environment.scripts,
      variables: environment.init,
      targets,
      pipes,
      mask: createMask(),
      clock,
      signal: stop,
    });
    // It may have installed the command, or know where it is.
    if (environment.hasOneEndpoint) {
      installAwsCommand(folder.bin, init.exports.PATH ?? environment.scripts.PATH ?? "");
    }
    return init;
  };
  return {
    script: (task) => fetched(task?.scripts?.script ?? SCRIPT_URL),
    dummy: () => fetched(DUMMY_SCRIPT_URL),
    afterTask(task) {
      const url = task?.scripts === undefined ? AFTER_TASK_URL : task.scripts.afterTask;
      return url === undefined ? Promise.resolve(undefined) : fetched(url);
    },
    init() {
      sourced ??= handled(source());
      return sourced;
    },
    async cleanup() {
      try {
        await (await sourced)?.cleanup();
      } catch (error) {
        diagnostics.warn("nothing to clean up after a failed init", { error });
      }
    },
  };
}

/** A rejection is no accident while nobody looks: the task that needs the result reports it. */
function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
