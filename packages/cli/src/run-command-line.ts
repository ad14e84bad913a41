import { MusterError } from "@muster/pipeline/muster-error";
import type { ExitCode } from "./command.ts";
import { commands } from "./commands.ts";
import type { Context } from "./context.ts";
import type { Env } from "./env.ts";
import { explainError } from "./explain-error.ts";
import type { GlobalValues } from "./global-arguments.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import { createPrint, type Print } from "./print.ts";
import { loadStagePipeline, openStage } from "./stages/open-stage.ts";
import type { Stage } from "./stages/stage.ts";
import { UnreadableBuildError } from "./unreadable-build-error.ts";
import { programVersion } from "./version.ts";

type Streams = Parameters<typeof createPrint>[0];

/** Where definitions and stages come from. */
export interface Sources {
  readonly openStage: typeof openStage;
  readonly loadStagePipeline: typeof loadStagePipeline;
  loadPipeline(name: string | undefined, env: Env): Promise<LoadedPipeline>;
}

export interface CommandLineOptions {
  readonly streams: Streams;
  readonly env: Env;
  /** Ends the command in order. */
  readonly signal: AbortSignal;
  /** What is known as soon as the line is understood. */
  onUnderstood?(line: { readonly print: Print; readonly outlivesReader: boolean }): void;
  /** The real ones where absent. */
  readonly sources?: Sources;
}

const realSources: Sources = {
  openStage,
  loadStagePipeline,
  loadPipeline: async (name, env) => (await import("./load-pipeline.ts")).loadPipeline(name, env),
};

/** Runs one command line to its end; errors are a line of its stderr, and its exit code. */
export async function runCommandLine(argv: readonly string[], options: CommandLineOptions): Promise<number> {
  const { streams, env, signal, sources = realSources } = options;
  let print = createPrint(streams, { isDumb: env.isDumbTerminal });
  const opened = new Set<Stage>();
  try {
    const line = parseCommandLine(argv, commands);
    if (line.kind === "version") {
      print.report(programVersion());
      return 0;
    }
    print = createPrint(streams, { ...line.globals, isDumb: env.isDumbTerminal });
    const outlivesReader = line.kind === "run" && line.command.outlivesReader === true;
    options.onUnderstood?.({ print, outlivesReader });
    const context = createContext({ env, print, signal, sources, opened }, line.globals);
    if (line.kind === "help") {
      const { showHelp } = await import("./show-help.ts");
      return await showHelp({ commands, name: line.command?.name }, context);
    }
    return await line.command.run(line.values as never, context);
  } catch (error) {
    if (signal.aborted && !(error instanceof MusterError)) return 130;
    if (error instanceof UnreadableBuildError && error.isTold) return 2;
    return explain(error, { print, env });
  } finally {
    for (const stage of opened) await stage.close();
  }
}

/** One line of stderr, and what the process ends with. */
export function explain(error: unknown, { print, env }: { print: Print; env: Env }): ExitCode {
  const explanation = explainError(error);
  print.error(explanation);
  if (env.debug && error instanceof Error) print.stderr.write(`${error.stack}\n`);
  return explanation.exitCode;
}

interface Running extends Pick<Context, "env" | "print" | "signal"> {
  readonly sources: Sources;
  readonly opened: Set<Stage>;
}

function createContext(running: Running, globals: GlobalValues): Context {
  const { env, print, signal, sources, opened } = running;
  const loading = new Map<string | undefined, Promise<LoadedPipeline>>();
  const load = (name: string | undefined) => {
    const loaded = loading.get(name) ?? sources.loadPipeline(name, env);
    loading.set(name, loaded);
    return loaded;
  };
  const pipeline = globals.pipeline ?? env.pipeline;
  const options = { env, globals, print, loadPipeline: load, pipeline };
  return {
    env,
    globals,
    print,
    signal,
    withGlobals: (others) => createContext(running, others),
    loadPipeline: () => load(pipeline),
    loadStagePipeline: () => sources.loadStagePipeline(options),
    async openStage(needs) {
      const stage = await sources.openStage(needs, options);
      // Who asks again and again closes what it has asked, and that is then forgotten.
      const owned: Stage = {
        ...stage,
        async close() {
          opened.delete(owned);
          await stage.close();
        },
      };
      opened.add(owned);
      return owned;
    },
  };
}
