import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { faultOfShape } from "./json-shape.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/bin/muster.mjs", import.meta.url));

/** What follows `node` to run the command. */
export const programArguments = ["--disable-warning=ExperimentalWarning", PROGRAM] as const;

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunningMuster {
  readonly process: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves with the match when stdout or stderr holds it; rejects when the command ends without. */
  saw(pattern: RegExp): Promise<RegExpMatchArray>;
}

export interface MusterOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program that starts it, with its arguments. */
  readonly through?: readonly string[];
  /** How the command is called, where it is not the checkout's. */
  readonly program?: readonly string[];
}

const checkout = [process.execPath, ...programArguments];

/** Starts the real command in a process of its own, with nothing of this process's environment but what it needs, and what Node has compiled. */
export function startMuster(
  args: readonly string[],
  { cwd, env = {}, through = [], program: called = checkout }: MusterOptions,
): RunningMuster {
  const { PATH = "", HOME = cwd, NODE_COMPILE_CACHE } = process.env;
  const started = performance.now();
  const [program = "", ...words] = [...through, ...called, ...args];
  const child = spawn(program, words, {
    cwd,
    env: { PATH, HOME, USER: "tester", ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  }
  const ended = once(child, "close").then(([exitCode]) => {
    const fault = args.includes("--json") && isJson(output.stdout) ? faultOfShape(args, output.stdout) : undefined;
    if (fault !== undefined) throw new Error(fault);
    return { exitCode, ...output, ms: performance.now() - started };
  });
  return {
    process: child,
    ended,
    saw(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
      const look = () => {
        const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
        if (match !== null) resolve(match);
      };
      watchers.add(look);
      look();
      ended.then(
        (outcome) =>
          reject(new Error(`${args.join(" ")} ended (${outcome.exitCode}) without ${pattern}:\n${outcome.stderr}`)),
        reject,
      );
      return promise.finally(() => watchers.delete(look));
    },
  };
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Runs the command to its end. */
export function muster(args: readonly string[], options: MusterOptions): Promise<Outcome> {
  return startMuster(args, options).ended;
}

/** Runs a command whose report is JSON. */
export async function musterJson<T>(args: readonly string[], options: MusterOptions): Promise<T> {
  const { stdout, stderr, exitCode } = await muster([...args, "--json"], options);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`muster ${args.join(" ")} --json ended with ${exitCode} and no JSON: ${stdout}${stderr}`);
  }
}
