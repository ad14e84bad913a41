import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeInstancesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { createLocalAws } from "../../../local-aws.ts";
import { base64, ImageId } from "../testing/open-ec2.ts";
import { machineProcesses } from "./machine-processes.ts";
import { processMachine } from "./process-machine.ts";

const MARK = "MACHINE_OF_TEST";
const LONG = { timeout: 20_000 };
let dir: string;
let ec2: EC2Client;
let close: () => Promise<void>;

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "machine-test-")));
  const environment = { PATH: process.env.PATH ?? "", SEEN: join(dir, "seen") };
  const runInstance = processMachine({
    dir,
    mark: MARK,
    environment: ({ shutdown, ownerFd }) => ({ ...environment, POWER_OFF: shutdown, OWNER: String(ownerFd) }),
  });
  const aws = createLocalAws({ runInstance });
  aws.start();
  ec2 = new EC2Client(aws.clientConfig());
  close = () => aws.close();
  onTestFinished(async () => {
    await close();
    rmSync(dir, { recursive: true, force: true });
  });
});

async function launch(userData: string | undefined, more: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const UserData = userData === undefined ? undefined : base64(userData);
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, UserData, ...more }),
  );
  return Instances?.[0]?.InstanceId ?? "";
}

async function stateOf(id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const { State, StateReason } = Reservations?.[0]?.Instances?.[0] ?? {};
  return { state: State?.Name, reason: StateReason?.Code };
}

async function consoleOf(id: string): Promise<string> {
  const { Output = "" } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
  return Buffer.from(Output, "base64").toString();
}

const folderOf = (id: string) => join(dir, id.slice(-8));
const processes = (id: string) => machineProcesses(`${MARK}=${id}`, folderOf(id));
const until = (id: string, state: string) => expect.poll(() => stateOf(id).then((now) => now.state), LONG).toBe(state);
const says = (id: string, text: RegExp) => expect.poll(() => consoleOf(id), LONG).toMatch(text);
const ended = (id: string) => expect.poll(() => processes(id), LONG).toEqual([]);

test.each([
  ["that ends", "#!/bin/bash\necho done\n", /done/],
  [
    "that fails",
    "#!/bin/bash\necho bad; exit 3\n",
    /bad\ncloud-init: part-001 ended with exit code 3; the machine runs on/,
  ],
  ["that is killed", "#!/bin/bash\nkill -KILL $$\n", /ended with exit code 137/],
  ["of another interpreter", "#!/usr/bin/env python3\nimport sys\nprint(sys.version_info[0] * 1000)\n", /3000/],
  ["of an interpreter that is not there", "#!/no/such/interpreter\n", /ended with exit code 12[67]/],
  ["that wants input", "#!/bin/bash\nread -r answer; echo read $?\n", /read 1/],
  ["that is no script", "echo never\n", /^cloud-init: part-001 is left out: it is no script \(no #!\)[^\n]*\n$/],
])("user data %s leaves the machine running", async (_kind, userData, output) => {
  const id = await launch(userData);
  await says(id, output);
  expect(await stateOf(id)).toEqual({ state: "running", reason: undefined });
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await until(id, "terminated");
  await ended(id);
  expect(existsSync(folderOf(id))).toBe(false);
});

test("an instance without user data runs until it is terminated", async () => {
  const id = await launch(undefined);
  await until(id, "running");
  await expect.poll(() => processes(id).length).toBeGreaterThan(0);
  expect(await consoleOf(id)).toBe("");
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await until(id, "terminated");
  await ended(id);
});

const WAYS = ["shutdown -h now", "shutdown now", "shutdown -P +0 'by the way'", "poweroff", "halt -p", "init 0"];

test.each([...WAYS, "systemctl --no-block poweroff", '"$POWER_OFF" -h now', "(setsid shutdown now &)"])(
  "%s ends the machine as it was launched to end",
  async (command) => {
    const [stays, goes] = await Promise.all([
      launch(`#!/bin/bash\n${command}\nexec sleep 1000\n`),
      launch(`#!/bin/bash\n${command}\nexec sleep 1000\n`, { InstanceInitiatedShutdownBehavior: "terminate" }),
    ]);
    await until(stays, "stopped");
    await until(goes, "terminated");
    expect((await stateOf(goes)).reason).toBe("Client.InstanceInitiatedShutdown");
    await ended(stays);
    await ended(goes);
  },
);

test("a python script turns the machine off as well", async () => {
  const id = await launch("#!/usr/bin/env python3\nimport subprocess\nsubprocess.run(['shutdown', 'now'])\n");
  await until(id, "stopped");
});

test("a shutdown for later can be called off, and leaves the machine running till then", async () => {
  const id = await launch("#!/bin/bash\nshutdown -h +10 soon && shutdown -c && shutdown +5 && ls .. && echo waits\n");
  await says(id, /waits/);
  expect((await stateOf(id)).state).toBe("running");
});

test("what does not turn a machine off is said: there is no reboot, and no other run level", async () => {
  const id = await launch("#!/bin/bash\nreboot; shutdown -r now; init 3; echo still here\n");
  await says(id, /cannot reboot.*\n.*cannot reboot.*\n.*run levels\nstill here/);
  expect((await stateOf(id)).state).toBe("running");
});

test("a machine is told to end, and what does not is ended", async () => {
  const stubborn = "trap '' TERM; echo up; while :; do sleep 100; done";
  const id = await launch(`#!/bin/bash\ntrap 'echo told; exit' TERM\nsetsid bash -c "${stubborn}" &\nwait\n`);
  await says(id, /up/);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  await until(id, "terminated");
  expect(await consoleOf(id)).toContain("told");
  expect(processes(id)).toEqual([]);
}, 20_000);

test("user data runs at the first boot alone; what is for every boot runs at each", async () => {
  const part = (type: string, text: string) => `--b\nContent-Type: ${type}\n\n#!/bin/bash\n${text}\n`;
  const parts = part("text/x-shellscript", "echo once") + part("text/x-shellscript-per-boot", "echo each");
  const id = await launch(`Content-Type: multipart/mixed; boundary=b\n\n${parts}--b--\n`);
  await says(id, /^once\neach\n$/);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  await until(id, "stopped");
  await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  await says(id, /^once\neach\neach\n$/);
});

test("whose processes a folder's are can be left open: what ends them may know the folder alone", async () => {
  const [one, other] = [await launch("#!/bin/bash\necho up; sleep 1000\n"), await launch("#!/bin/bash\necho up\n")];
  await Promise.all([says(one, /up/), says(other, /up/)]);
  expect(processes(one)).not.toEqual([]);
  expect(machineProcesses(MARK, folderOf(one))).toEqual(processes(one));
  expect(machineProcesses(MARK, folderOf("i-another"))).toEqual([]);
});

test("a machine whose first process is killed is off", async () => {
  const id = await launch("#!/bin/bash\necho up; sleep 1000\n");
  await says(id, /up/);
  for (const pid of processes(id)) process.kill(pid, "SIGKILL");
  await until(id, "stopped");
});

test("machines end with the endpoint", async () => {
  const id = await launch("#!/bin/bash\necho up; sleep 1000\n");
  await says(id, /up/);
  await close();
  expect(processes(id)).toEqual([]);
}, 20_000);
