import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { RunInstance } from "@muster/local";
import { noProfiles } from "./no-profiles.ts";
import { killAll, processesOfInstance } from "./processes-of-instance.ts";

export interface WorkerProcessOptions {
  /** Each instance gets a folder of its own below it. */
  readonly dir: string;
  /** The endpoint, as workers see it. */
  url(): string;
  readonly home: string;
  readonly path: string;
  /** MUSTER_DUMMY_SECONDS for the dummy script of fake builds. */
  readonly dummySeconds: string | undefined;
  /** The checkout that the pipeline belongs to: releases of it are made from there. */
  readonly repository: string | undefined;
}

/** A machine that is told to stop gets as long to end its script and say so. */
const GRACE_MS = 5000;

/**
 * An EC2 instance of the local stage: a process that runs the user data, in a process group and a folder of its own. Its end of the
 * pipe on stdin closes when this process dies, however it dies; an agent then ends its script and itself.
 */
export function runWorkerProcess({
  dir,
  url,
  home,
  path,
  dummySeconds,
  repository,
}: WorkerProcessOptions): RunInstance {
  return async ({ instanceId, userData, metadataUrl, region, signal, console: log }) => {
    await mkdir(join(dir, instanceId, "tmp"), { recursive: true });
    // Whoever ends what is left of it finds it by this path, whichever way leads to the state folder then.
    const folder = await realpath(join(dir, instanceId));
    const temporary = join(folder, "tmp");
    const script = join(folder, "user-data");
    await writeFile(script, userData, { mode: 0o600 });
    const worker = spawn("bash", [script], {
      cwd: folder,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: [dirname(process.execPath), path].join(delimiter),
        HOME: home,
        LANG: "C.UTF-8",
        TMPDIR: temporary,
        AWS_REGION: region,
        AWS_ENDPOINT_URL: url(),
        ...noProfiles,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
        MUSTER_INSTANCE: instanceId,
        ...(dummySeconds !== undefined && { MUSTER_DUMMY_SECONDS: dummySeconds }),
        ...(repository !== undefined && { MUSTER_REPOSITORY: repository }),
      },
    });
    for (const output of [worker.stdout, worker.stderr]) output.setEncoding("utf8").on("data", log);
    worker.stdin.on("error", () => {});
    const ended = once(worker, "close");
    const stop = () => {
      tell(worker.pid, "SIGTERM");
      setTimeout(() => killAll(processesOfInstance(instanceId, folder)), GRACE_MS).unref();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    try {
      await ended;
    } finally {
      signal.removeEventListener("abort", stop);
      // A machine that is gone takes everything with it. The number of its group may be another's by now.
      killAll(processesOfInstance(instanceId, folder));
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** To a whole process group. */
function tell(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended.
  }
}
