import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type VirtualClock, virtualClock } from "../../clock.ts";
import { type DirectClient, directClient } from "./direct-client.ts";
import type { ResultObjects } from "./map-run-effects.ts";

const EXECUTION = "arn:aws:states:us-east-1:111111111111:execution:machine:build";
const CHILD = "machine%2FItems+";

const MACHINE = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Label: "Items",
      End: true,
      MaxConcurrency: 2,
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        ReaderConfig: { InputType: "JSON" },
        Parameters: { Bucket: "things", Key: "items.json" },
      },
      ResultWriter: {
        Resource: "arn:aws:states:::s3:putObject",
        Parameters: { Bucket: "things", Prefix: "results" },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Pause",
        States: {
          Pause: { Type: "Wait", Seconds: 30, Next: "Work" },
          Work: { Type: "Task", Resource: "arn:aws:lambda:us-east-1:111111111111:function:work", End: true },
        },
      },
    },
  },
};

interface Killed {
  readonly dir: string;
  readonly atMs: number;
  readonly objects: ReadonlyMap<string, string>;
}

const folders: string[] = [];
const killed: Killed[] = [];
let undisturbed: Awaited<ReturnType<typeof finish>>;

function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "muster-map-run-"));
  folders.push(dir);
  return dir;
}

function open({ dir, objects: stored, atMs }: Killed, onEvent = (_: VirtualClock) => {}) {
  const clock = virtualClock(atMs);
  const objects = new Map(stored);
  const store: ResultObjects = {
    read: async ({ Key }) => objects.get(Key) ?? "",
    write: async ({ Key }, text) => void objects.set(Key, text),
  };
  const aws = directClient({
    dir,
    clock,
    seed: "map run",
    objects: store,
    invoke: async (_, item) => ({ payload: Number(item) * 2 }),
    onEvent: () => onEvent(clock),
  });
  aws.states.start();
  return { aws, objects };
}

/** How the build ends, apart from the time. */
async function finish({ aws, objects }: { aws: DirectClient; objects: ReadonlyMap<string, string> }) {
  await aws.pass(200);
  const { status, output = "{}" } = await aws.call("DescribeExecution", { executionArn: EXECUTION });
  const results = [...objects].find(([key]) => key.endsWith("SUCCEEDED_0.json"))?.[1] ?? "[]";
  const { mapRuns } = await aws.call<{ mapRuns: { mapRunArn: string }[] }>("ListMapRuns", { executionArn: EXECUTION });
  const { executions } = await aws.call<{ executions: { name: string; status: string }[] }>("ListExecutions", {
    mapRunArn: mapRuns[0]?.mapRunArn,
  });
  return {
    status,
    output,
    results: (JSON.parse(results) as { Name: string; Output: string }[]).map(({ Name, Output }) => [Name, Output]),
    children: executions.map((child) => `${child.name} ${child.status}`).sort(),
  };
}

beforeAll(async () => {
  const dir = newFolder();
  const beginning = { dir, atMs: virtualClock().now(), objects: new Map([["items.json", "[1,2,3]"]]) };
  const opened = open(beginning, (clock) => {
    const copy = newFolder();
    cpSync(dir, copy, { recursive: true });
    killed.push({ dir: copy, atMs: clock.now(), objects: new Map(opened.objects) });
  });
  const { stateMachineArn } = await opened.aws.call("CreateStateMachine", {
    name: "machine",
    definition: JSON.stringify(MACHINE),
    roleArn: "arn:aws:iam::111111111111:role/r",
  });
  await opened.aws.call("StartExecution", { stateMachineArn, name: "build" });
  undisturbed = await finish(opened);
  await opened.aws[Symbol.asyncDispose]();
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("undisturbed, each item has run once", () => {
  expect(undisturbed).toMatchObject({
    status: "SUCCEEDED",
    results: ["2", "4", "6"].map((output) => [expect.any(String), output]),
  });
  expect(undisturbed.children).toHaveLength(3);
});

/** Whoever goes on changes the folder. */
function copyOf(killedThen: Killed): Killed {
  const dir = newFolder();
  cpSync(killedThen.dir, dir, { recursive: true });
  return { ...killedThen, dir };
}

test("after a kill at any moment a Map Run goes on: its executions are the same, and no other", async () => {
  expect(killed.length).toBeGreaterThan(20);
  for (const each of killed) {
    const opened = open(copyOf(each));
    expect(await finish(opened)).toEqual(undisturbed);
    await opened.aws[Symbol.asyncDispose]();
  }
});

/** A copy of the first moment at which executions of items were there. */
function withChildren(): Killed {
  const first = killed.find(({ dir }) => children(dir).length > 0);
  if (first === undefined) throw new Error("no execution of an item was ever written");
  return copyOf(first);
}

test("what a Map Run had started and a kill kept from being written is started anew", async () => {
  const copy = withChildren();
  for (const name of children(copy.dir)) rmSync(join(copy.dir, "executions", name));
  const opened = open(copy);
  expect(await finish(opened)).toEqual(undisturbed);
  await opened.aws[Symbol.asyncDispose]();
});

test("what runs an item of a Map Run that is over is stopped at the next start", async () => {
  const stopped = withChildren();
  const stopping = open(stopped);
  await stopping.aws.call("StopExecution", { executionArn: EXECUTION });
  await stopping.aws[Symbol.asyncDispose]();
  // The stop was written for the execution around them, and not yet for its items.
  const before = withChildren();
  for (const name of children(before.dir)) {
    cpSync(join(before.dir, "executions", name), join(stopped.dir, "executions", name));
  }
  cpSync(join(before.dir, "metadata.journal"), join(stopped.dir, "metadata.journal"));
  const opened = open(stopped);
  const { status, children: ended } = await finish(opened);
  await opened.aws[Symbol.asyncDispose]();
  expect(status).toBe("ABORTED");
  expect(ended.map((child) => child.split(" ")[1])).toEqual(["ABORTED", "ABORTED"]);
});

const children = (dir: string): string[] =>
  readdirSync(join(dir, "executions")).filter((name) => name.startsWith(CHILD));
