import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { serveMetadata } from "./instance-metadata.ts";

export interface MachinesOptions {
  readonly ec2: EC2Client;
  /** Each machine gets a folder of its own below it. */
  readonly folder: string;
  /** What machines find in their environment. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Told as EventBridge tells it. */
  readonly onGone: (instanceId: string) => Promise<unknown>;
}

/** What an emulator of EC2 only writes down: a process for each instance, with its user data and its metadata. */
export interface Machines extends AsyncDisposable {
  /** Boots what was launched, and ends what was terminated, since the last look. */
  look(): void;
  /** A machine that dies. */
  kill(instanceId: string): void;
}

const GONE = ["shutting-down", "terminated"];

export function startMachines({ ec2, folder, environment, onGone }: MachinesOptions): Machines {
  const booted = new Set<string>();
  const running = new Map<string, ChildProcess>();
  let looking: Promise<void> | undefined;
  let again = false;
  let closed = false;

  const run = async (instance: Instance) => {
    const { InstanceId = "" } = instance;
    const metadata = await serveMetadata(instance);
    const home = join(folder, InstanceId);
    await mkdir(join(home, "tmp"), { recursive: true });
    const { UserData } = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }));
    await writeFile(join(home, "user-data"), Buffer.from(UserData?.Value ?? "", "base64"));
    const child = spawn("bash", [join(home, "user-data")], {
      cwd: home,
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
      env: {
        ...environment(),
        HOME: home,
        TMPDIR: join(home, "tmp"),
        AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
      },
    });
    const said = text(child.stderr);
    running.set(InstanceId, child);
    if (closed) kill(InstanceId);
    await once(child, "close");
    metadata.close();
    running.delete(InstanceId);
    if (closed) return;
    // A build that waits for a worker tells nothing of an agent that could not begin.
    if (child.exitCode !== 0 && child.signalCode === null) process.stderr.write(`${InstanceId}: ${await said}`);
    // Its agent has shut it down, or it has died: instances of these launch templates are terminated then.
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    await onGone(InstanceId);
  };
  const kill = (instanceId: string) => {
    const pid = running.get(instanceId)?.pid;
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  };
  const lookOnce = async () => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
    for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
      const { InstanceId = "", State } = instance;
      if (GONE.includes(State?.Name ?? "")) kill(InstanceId);
      else if (!booted.has(InstanceId)) {
        booted.add(InstanceId);
        run(instance).catch((error: unknown) => process.stderr.write(`${InstanceId}: ${error}\n`));
      }
    }
  };
  const lookWhileAsked = async () => {
    while (again && !closed) {
      again = false;
      await lookOnce().catch((error: unknown) => void process.stderr.write(`machines: ${error}\n`));
    }
  };
  const look = () => {
    again = true;
    looking ??= lookWhileAsked().finally(() => {
      looking = undefined;
    });
  };
  return {
    look,
    kill,
    async [Symbol.asyncDispose]() {
      closed = true;
      const children = [...running.values()].map((child) => once(child, "close"));
      for (const instanceId of running.keys()) kill(instanceId);
      await Promise.all([looking, ...children]);
    },
  };
}
