import { spawn } from "node:child_process";
import { once } from "node:events";
import { type MusterOptions, programArguments } from "./run-muster.ts";

interface TerminalOptions extends MusterOptions {
  readonly columns: number;
  readonly rows: number;
}

/** A command that runs on a terminal of its own, which `script` makes. */
export interface OnTerminal {
  /** All that was written to it, with what moves the cursor. */
  text(): string;
  types(keys: string): void;
  saw(pattern: RegExp): Promise<void>;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

export function onTerminal(args: readonly string[], { cwd, env = {}, columns, rows }: TerminalOptions): OnTerminal {
  const { PATH = "", HOME = cwd, NODE_COMPILE_CACHE = "" } = process.env;
  const line = [process.execPath, ...programArguments, ...args].map(quote).join(" ");
  const command = `stty cols ${columns} rows ${rows} && exec ${line}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
    cwd,
    env: { PATH, HOME, USER: "tester", TERM: "xterm", NODE_COMPILE_CACHE, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  let look = () => {};
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
    look();
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    text: () => text,
    types: (keys) => void child.stdin.write(keys),
    async saw(pattern) {
      const seen = new Promise<void>((resolve) => {
        look = () => {
          if (pattern.test(text)) resolve();
        };
        look();
      });
      const over = ended.then((code) => {
        throw new Error(`${args.join(" ")} ended (${code}) without ${pattern}:\n${text}`);
      });
      await Promise.race([seen, over]);
    },
    ended,
  };
}
