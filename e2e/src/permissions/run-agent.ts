import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { RunInstance } from "@muster/local";

type Instance = Parameters<RunInstance>[0];

export interface RunAgentOptions {
  /** Each instance gets a folder of its own below it. */
  readonly folder: string;
  /** The endpoint. */
  readonly url: string;
  /** Where programs are looked for before the PATH. */
  readonly programs: string;
  /** What its scripts find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A machine whose user data runs as a process of its own, ended with the machine. */
export async function runAgent(
  { instanceId, userData, metadataUrl, region, signal }: Instance,
  { folder, url, programs, environment }: RunAgentOptions,
): Promise<void> {
  const home = join(folder, instanceId);
  await mkdir(join(home, "tmp"), { recursive: true });
  await writeFile(join(home, "user-data"), userData);
  const { PATH = "" } = process.env;
  const agent = spawn("bash", [join(home, "user-data")], {
    cwd: home,
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
    env: {
      ...environment,
      PATH: [programs, PATH].join(delimiter),
      HOME: home,
      TMPDIR: join(home, "tmp"),
      AWS_REGION: region,
      AWS_ENDPOINT_URL: url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
    },
  });
  const complaints: string[] = [];
  agent.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  const ended = once(agent, "close");
  const kill = () => agent.pid !== undefined && agent.exitCode === null && process.kill(-agent.pid, "SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  await ended;
  // A build that waits for a worker tells nothing of an agent that could not begin.
  if (agent.exitCode !== 0 && !signal.aborted) process.stderr.write(`${instanceId}: ${complaints.join("")}`);
}

/** A machine that never boots. */
export const untilTold = ({ signal }: Instance): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
