import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws } from "@muster/local";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../src/stages/local/describe-local-stage.ts";
import { announceReady } from "../src/stages/local/ready-file.ts";
import { createBenchMachine, taskItems } from "./past-builds.ts";

export interface Following {
  /** Of one processor, while the build runs; without the command's start. */
  readonly share: number;
  /** Of GetExecutionHistory. */
  readonly callsPerSecond: number;
}

const USAGE_AT_EXIT = pathToFileURL(join(import.meta.dirname, "usage-at-exit.mjs")).href;
/** Of the tasks, those that have not ended when it is looked at, and how many of them run: a Map has 40 under way. */
const LEFT = 100;
const AT_ONCE = 30;

const SHORT_SECONDS = 5;
const LONG_SECONDS = 25;

/**
 * What `status --follow` takes on a terminal, beside a build of that many tasks of which thirty run, and one begins and one ends each
 * half second: the difference between a short and a long look, so that the start is not in it.
 */
export async function followBuild(muster: string, { dir, tasks }: { dir: string; tasks: number }): Promise<Following> {
  const short = await lookFor(SHORT_SECONDS, { muster, dir: join(dir, "short"), tasks });
  const long = await lookFor(LONG_SECONDS, { muster, dir: join(dir, "long"), tasks });
  const seconds = long.seconds - short.seconds;
  return {
    share: (long.cpuMs - short.cpuMs) / 1000 / seconds,
    callsPerSecond: (long.calls - short.calls) / seconds,
  };
}

async function lookFor(seconds: number, { muster, dir, tasks }: { muster: string; dir: string; tasks: number }) {
  let calls = 0;
  await mkdir(dir);
  const aws = createLocalAws({
    dir: join(dir, ".muster"),
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    onCall: ({ operation }) => {
      if (operation === "GetExecutionHistory") calls++;
    },
  });
  const sfn = new SFNClient(aws.clientConfig());
  try {
    await aws.listen();
    aws.start();
    announceReady(join(dir, ".muster"), { pipeline: "muster" });
    const { activityArn, stateMachineArn } = await createBenchMachine(sfn, "muster");
    const input = JSON.stringify({ items: taskItems(1, tasks) });
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: "1.1.0_root", input }));
    const running: (string | undefined)[] = [];
    let ended = 0;
    const begin = async () => {
      const workerName = `ec2_i-0${String(running.length).padStart(16, "0")}`;
      running.push((await sfn.send(new GetActivityTaskCommand({ activityArn, workerName }))).taskToken);
    };
    const end = async () => {
      const output = JSON.stringify({ ec2: "i-0123456789abcdef0", time_sec: "1" });
      await sfn.send(new SendTaskSuccessCommand({ taskToken: running[ended++], output }));
    };
    for (let task = 0; task < tasks - LEFT; task++) await begin().then(end);
    for (let task = 0; task < AT_ONCE; task++) await begin();
    const usage = join(dir, "usage.json");
    const follower = startOnTerminal(muster, { dir, usage });
    const started = performance.now();
    while (performance.now() - started < seconds * 1000) {
      await end();
      await begin();
      await sleep(500);
    }
    const lasted = (performance.now() - started) / 1000;
    await sfn.send(new StopExecutionCommand({ executionArn }));
    await once(follower, "exit");
    const { cpuMs } = JSON.parse(await readFile(usage, "utf8")) as { cpuMs: number };
    return { cpuMs, calls, seconds: lasted };
  } finally {
    sfn.destroy();
    await aws.close();
  }
}

/** `script` gives it a terminal, of which nobody reads. */
function startOnTerminal(muster: string, { dir, usage }: { dir: string; usage: string }) {
  const words = [process.execPath, "--disable-warning=ExperimentalWarning", "--import", USAGE_AT_EXIT, muster];
  const command = [...words, "status", "--follow", "--pipeline", "muster"].map((word) => `'${word}'`).join(" ");
  return spawn(
    "script",
    ["--quiet", "--return", "--command", `stty rows 40 columns 120; ${command} 3>'${usage}'`, "/dev/null"],
    {
      cwd: dir,
      env: { HOME: dir, PATH: "/usr/bin:/bin", TERM: "xterm" },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
}
