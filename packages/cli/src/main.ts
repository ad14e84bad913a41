import { MusterError } from "@muster/pipeline/muster-error";
import type { ExitCode } from "./command.ts";
import { commands } from "./commands.ts";
import type { Context } from "./context.ts";
import { readEnv } from "./env.ts";
import { explainError } from "./explain-error.ts";
import type { GlobalValues } from "./global-arguments.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import { createPrint } from "./print.ts";
import { loadStagePipeline, openStage } from "./stages/open-stage.ts";
import type { Stage } from "./stages/stage.ts";
import { UnreadableBuildError } from "./unreadable-build-error.ts";
import { programVersion } from "./version.ts";

const env = readEnv();
let print = createPrint(process);
let outlivesReader = false;
const interruption = abortOnSignals();
for (const stream of [process.stdout, process.stderr]) stream.on("error", endWithReader);
process.on("uncaughtException", giveUp);
process.exitCode = await run(process.argv.slice(2));

async function run(argv: readonly string[]): Promise<number> {
  const opened: Stage[] = [];
  try {
    const line = parseCommandLine(argv, commands);
    if (line.kind !== "version") print = createPrint(process, { ...line.globals, isDumb: env.isDumbTerminal });
    if (line.kind === "version") {
      print.report(programVersion());
      return 0;
    }
    const context = createContext(line.globals, opened);
    if (line.kind === "help") {
      const { showHelp } = await import("./show-help.ts");
      return await showHelp({ commands, name: line.command?.name }, context);
    }
    outlivesReader = line.command.outlivesReader === true;
    return await line.command.run(line.values as never, context);
  } catch (error) {
    if (interruption.aborted && !(error instanceof MusterError)) return 130;
    if (error instanceof UnreadableBuildError && error.isTold) return 2;
    return explain(error);
  } finally {
    for (const stage of opened) await stage.close();
  }
}

function explain(error: unknown): ExitCode {
  const explanation = explainError(error);
  print.error(explanation);
  if (env.debug && error instanceof Error) print.stderr.write(`${error.stack}\n`);
  return explanation.exitCode;
}

/** What fails outside a command, such as a full disk under the local stage's journal: its workers end with this process. */
function giveUp(error: unknown): void {
  process.exit(explain(error));
}

function createContext(globals: GlobalValues, opened: Stage[]): Context {
  const loading = new Map<string | undefined, Promise<LoadedPipeline>>();
  const load = (name: string | undefined) => {
    const loaded = loading.get(name) ?? import("./load-pipeline.ts").then((file) => file.loadPipeline(name, env));
    loading.set(name, loaded);
    return loaded;
  };
  const pipeline = globals.pipeline ?? env.pipeline;
  const options = { env, globals, print, loadPipeline: load, pipeline };
  return {
    env,
    globals,
    print,
    signal: interruption,
    withGlobals: (others) => createContext(others, opened),
    loadPipeline: () => load(pipeline),
    loadStagePipeline: () => loadStagePipeline(options),
    async openStage(needs) {
      const stage = await openStage(needs, options);
      opened.push(stage);
      return stage;
    },
  };
}

/** The first signal ends the command in order; the second at once (workers end with the process that owns them). */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort();
    });
  }
  return controller.signal;
}

/** `muster status | head`: the reader has what it wanted. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  if (!outlivesReader) process.exit(0);
}
