import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** The aws command, by its arguments; answers what it prints, without white space around it. */
export type AwsCli = ((...args: readonly string[]) => Promise<string>) & AsyncDisposable;

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function has(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The aws command of a PATH against an endpoint: in one process where Python can load it, as bundled versions cannot be, and else in one a call. */
export function awsCli(url: string, PATH: string | undefined): AwsCli {
  const env = {
    PATH,
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: "us-west-2",
    AWS_ACCESS_KEY_ID: "AKIACLICLICLICLICLI0",
    AWS_SECRET_ACCESS_KEY: "cli",
  };
  if (has("python3", ["-c", "import awscli.clidriver"])) return inOneProcess(env);
  const run = promisify(execFile);
  const call = async (...args: readonly string[]) => (await run("aws", args, { env })).stdout.trim();
  return Object.assign(call, { [Symbol.asyncDispose]: async () => {} });
}

function inOneProcess(env: NodeJS.ProcessEnv): AwsCli {
  const python = spawn("python3", [join(import.meta.dirname, "aws_cli.py")], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
  const call = async (...args: readonly string[]): Promise<string> => {
    python.stdin.write(`${JSON.stringify(args)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error("the aws command's process has ended");
    const { code, stdout, stderr } = JSON.parse(value) as Answer;
    if (code !== 0) throw new Error(`aws ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  };
  const close = async () => {
    const ended = once(python, "exit");
    python.stdin.end();
    await ended;
  };
  return Object.assign(call, { [Symbol.asyncDispose]: close });
}
