import type { AgentEnvironment } from "./env.ts";
import { type FetchedScript, type FetchOptions, fetchScript } from "./fetch-script.ts";
import { createMask } from "./mask-secrets.ts";
import type { PipeSource } from "./output-pipe.ts";
import type { LineTarget } from "./script-output.ts";
import { type SourcedInit, sourceInit } from "./source-init.ts";
import type { WorkerFolder } from "./worker-folder.ts";

/** A worker's scripts, each fetched once. A promise that rejects fails the tasks that need it. */
export interface WorkerScripts {
  script(): Promise<FetchedScript>;
  /** What tasks of fake and skip builds run. */
  dummy(): Promise<FetchedScript>;
  afterTask(): Promise<FetchedScript | undefined>;
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
}

export function workerScripts(options: WorkerScriptsOptions): WorkerScripts {
  const { environment, folder, targets, pipes, clock, diagnostics } = options;
  const { SCRIPT_URL, DUMMY_SCRIPT_URL, AFTER_TASK_URL, INIT_URL } = environment.worker;
  const fetch = (url: string) => fetchScript(url, { ...options, folder: folder.scripts });
  const fetched = (url: string) => once(() => fetch(url));
  let sourced: Promise<SourcedInit | undefined> | undefined;

  const source = async () => {
    if (INIT_URL === undefined) return undefined;
    return sourceInit({
      script: await fetch(INIT_URL),
      folder: folder.state,
      scripts: environment.scripts,
      variables: environment.init,
      targets,
      pipes,
      mask: createMask(),
      clock,
    });
  };
  return {
    script: fetched(SCRIPT_URL),
    dummy: fetched(DUMMY_SCRIPT_URL),
    afterTask: once(async () => (AFTER_TASK_URL === undefined ? undefined : fetch(AFTER_TASK_URL))),
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

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= handled(work());
    return result;
  };
}

/** A rejection is no accident while nobody looks: the task that needs the result reports it. */
function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
