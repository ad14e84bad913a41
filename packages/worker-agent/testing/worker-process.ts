import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunInstance, RunningInstance } from "@muster/local";
import { WorkerTag } from "@muster/records";
import { agentProgram } from "../src/agent-program.ts";
import { agentCommand, renderUserData } from "../src/machine/user-data.ts";
import { ACTIVITY, type TestStage } from "./test-stage.ts";

/** Scripts of a worker, as text. */
export interface WorkerScriptTexts {
  readonly script: string;
  readonly init?: string;
  readonly afterTask?: string;
  readonly dummy?: string;
}

export interface WorkerOptions extends WorkerScriptTexts {
  readonly idleSeconds?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** False: as on AWS, where no process of this machine owns the endpoint. */
  readonly owned?: boolean;
  /** Instead of the script's own. */
  readonly scriptUrl?: string;
  readonly afterTaskUrl?: string;
  /** Appended to the script's URL. */
  readonly fragment?: string;
  /** The agent's program, where it is not the one under test. */
  readonly agent?: string;
}

/** One instance that runs the real user data with the real agent. */
export interface WorkerProcess {
  readonly instanceId: string;
  /** The process that runs the user data, and then is the agent. */
  readonly process: ChildProcess;
  readonly folder: string;
  /** Whether it ends when its standard input does. */
  readonly owned: boolean;
  /** performance.now() when it was started. */
  readonly startedMs: number;
  /** What it wrote to its console. */
  console(): string;
  /** Resolves with the exit code, or the signal's name, when it has ended. */
  readonly stopped: Promise<number | string>;
}

/** A stage's RunInstance that runs workers as the local stage does; `started` hands each to the test that launched it. */
export function workerProcesses(url: () => string, home: () => string) {
  const started = new Map<string, (worker: WorkerProcess) => void>();
  const workers: WorkerProcess[] = [];
  let closing = false;
  const runInstance: RunInstance = async (instance) => {
    const options = { url: url(), home: join(home(), instance.instanceId) };
    for (let worker = await start(); ; worker = await start()) {
      const end = await worker.stopped;
      // As a systemd unit does with Restart=on-failure.
      if (instance.tags.restart !== "yes" || end === 0 || instance.signal.aborted || closing) return;
    }
    async function start() {
      const worker = await startProcess(instance, options);
      workers.push(worker);
      started.get(instance.tags.test ?? "")?.(worker);
      const end = () => killGroup(worker.process, "SIGTERM");
      if (instance.signal.aborted) end();
      else instance.signal.addEventListener("abort", end, { once: true });
      return worker;
    }
  };
  return {
    runInstance,
    started,
    workers,
    /** Ends all of them, as their owner's death does, or as a machine's. */
    async close() {
      closing = true;
      for (const worker of workers) {
        worker.process.stdin?.end();
        if (!worker.owned) killGroup(worker.process, "SIGKILL");
      }
      await Promise.all(workers.map((worker) => worker.stopped));
    },
  };
}

async function startProcess(
  { instanceId, userData, metadataUrl, region, tags }: RunningInstance,
  { url, home }: { url: string; home: string },
): Promise<WorkerProcess> {
  const temporary = join(home, "tmp");
  await mkdir(temporary, { recursive: true });
  const file = join(home, "user-data");
  await writeFile(file, userData);
  const startedMs = performance.now();
  const child = spawn("bash", [file], {
    cwd: home,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOME: home,
      TMPDIR: temporary,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
      MUSTER_INSTANCE: instanceId,
      ...(tags.logsUrl !== undefined && { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: tags.logsUrl }),
    },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  child.stdin.on("error", () => {});
  return {
    instanceId,
    process: child,
    owned: tags.owned !== "no",
    startedMs,
    folder: join(temporary, `muster-worker-${instanceId}`),
    console: () => text,
    stopped: new Promise((resolve) => child.on("close", (code, signal) => resolve(signal ?? code ?? -1))),
  };
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** Launches a worker and waits until its process runs. */
export async function launchWorker(
  stage: TestStage,
  { started }: ReturnType<typeof workerProcesses>,
  options: WorkerOptions,
): Promise<WorkerProcess> {
  const {
    idleSeconds,
    tags = {},
    agent = agentProgram(),
    scriptUrl,
    afterTaskUrl,
    fragment = "",
    owned = true,
    ...scripts
  } = options;
  const test = Math.random().toString(36).slice(2);
  const urls = await writeScripts(stage, scripts, test);
  // In place of the shell: what a test holds, and kills, is the agent. The machine ends with it.
  const bootstrap = `exec ${agentCommand({ node: process.execPath, agent })}`;
  const userData = renderUserData({
    environment: {
      ...stage.environment,
      ...urls,
      SCRIPT_URL: (scriptUrl ?? urls.SCRIPT_URL) + fragment,
      ...(afterTaskUrl !== undefined && { AFTER_TASK_URL: afterTaskUrl }),
      ...(idleSeconds !== undefined && { IDLE_SECONDS: String(idleSeconds) }),
    },
    bootstrap: owned ? bootstrap : bootstrap.replace(" '--owned'", ""),
  });
  const worker = new Promise<WorkerProcess>((resolve) => started.set(test, resolve));
  await stage.launch({
    UserData: Buffer.from(userData).toString("base64"),
    InstanceInitiatedShutdownBehavior: "terminate",
    TagSpecifications: [
      {
        ResourceType: "instance",
        Tags: Object.entries({
          Name: `ww-0-${ACTIVITY}`,
          [WorkerTag.state]: "booting",
          test,
          owned: owned ? "yes" : "no",
          ...tags,
        }).map(([Key, Value]) => ({ Key, Value })),
      },
    ],
  });
  return worker;
}

/** As files with file:// URLs. */
export async function writeScripts(stage: TestStage, texts: WorkerScriptTexts, name: string) {
  const write = async (role: string, text: string) => {
    const file = join(stage.folder, `${name}-${role}.sh`);
    await writeFile(file, text.startsWith("#!") ? text : `#!/bin/bash\n${text}\n`);
    await chmod(file, 0o755);
    return pathToFileURL(file).href;
  };
  const { script, init, afterTask, dummy = "echo dummy" } = texts;
  return {
    SCRIPT_URL: await write("script", script),
    DUMMY_SCRIPT_URL: await write("dummy", dummy),
    ...(init !== undefined && { INIT_URL: await write("init", init) }),
    ...(afterTask !== undefined && { AFTER_TASK_URL: await write("after", afterTask) }),
  };
}
