import { Writable } from "node:stream";
import type { Env } from "../env.ts";
import type { LoadedPipeline } from "../load-pipeline.ts";
import { runCommandLine } from "../run-command-line.ts";
import { openStage } from "../stages/open-stage.ts";
import type { Stage } from "../stages/stage.ts";

/** What somebody sees of a command. */
export interface Seen {
  readonly exitCode: number;
  /** Of a terminal all that it shows in the end. */
  readonly stdout: string;
  /** Of a terminal nothing: it shows both. */
  readonly stderr: string;
}

export interface InProcessOptions {
  /** Of a terminal; absent for two pipes. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** One that is open; absent for that of the command line. */
  readonly stage?: Stage;
  readonly loaded: LoadedPipeline;
  readonly user?: string;
  readonly signal?: AbortSignal;
  /** Called with what standard output has had so far. */
  onReport?(text: string): void;
}

/** Runs a command line of `muster` in this process, with streams that are lists. */
export async function runInProcess(words: readonly string[], options: InProcessOptions): Promise<Seen> {
  const { terminal, stage, loaded, user = "alice", signal = new AbortController().signal, onReport } = options;
  const [out, errors]: [string[], string[]] = [[], []];
  const stream = (to: string[]) => {
    const sink = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        to.push(text);
        if (to === out) onReport?.(out.join(""));
        done();
      },
    });
    return Object.assign(sink, { isTTY: terminal !== undefined, ...terminal }) as unknown as NodeJS.WriteStream;
  };
  const stdout = stream(out);
  const env: Env = {
    cwd: loaded.folder,
    user,
    home: loaded.folder,
    stage: undefined,
    pipeline: undefined,
    stateDir: undefined,
    dummySeconds: undefined,
    idleSeconds: undefined,
    notify: undefined,
    aws: {},
    debug: false,
    isDumbTerminal: false,
  };
  const exitCode = await runCommandLine([...words], {
    streams: { stdout, stderr: terminal === undefined ? stream(errors) : stdout },
    env,
    signal,
    sources: {
      openStage: stage === undefined ? openStage : async () => stage,
      loadStagePipeline: async () => loaded,
      loadPipeline: async () => loaded,
    },
  });
  return { exitCode, stdout: terminal === undefined ? out.join("") : screenOf(out.join("")), stderr: errors.join("") };
}

const ESCAPE = "\u001B";
const STEPS = new RegExp(`(\\r?${ESCAPE}\\[\\d+A|${ESCAPE}\\[J|\\n|\\r)`);
const UP = new RegExp(`${ESCAPE}\\[(\\d+)A`);
const OTHERS = new RegExp(`${ESCAPE}\\[[?\\d;]*[a-zA-Z]`, "g");

/** What a terminal shows in the end, without colours: cursor movements are carried out, at the beginning of a line as commands make them. */
export function screenOf(text: string): string {
  const lines = [""];
  let row = 0;
  for (const part of text.split(STEPS)) {
    const up = UP.exec(part);
    if (up !== null) row = Math.max(0, row - Number(up[1]));
    else if (part === `${ESCAPE}[J`) lines.splice(row, lines.length, "");
    else if (part === "\n") row++;
    else if (part === "\r") lines[row] = "";
    else lines[row] = (lines[row] ?? "") + part.replaceAll(OTHERS, "");
    lines[row] ??= "";
  }
  return lines.join("\n");
}
