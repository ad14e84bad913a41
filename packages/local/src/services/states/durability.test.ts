import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type VirtualClock, virtualClock } from "../../clock.ts";
import { type DirectClient, directClient } from "./direct-client.ts";
import { durableBuild, INPUT } from "./durable-build.ts";
import { EventCode, FIRST_BOOKKEEPING_CODE } from "./interpreter/event-codes.ts";

const ACTIVITY = "arn:aws:states:us-east-1:111111111111:activity:build";
const EXECUTION = "arn:aws:states:us-east-1:111111111111:execution:machine:build";

/** What lives on when Step Functions is killed: its folder, and what workers and functions remember. */
interface World {
  readonly dir: string;
  /** Tasks handed to workers, in order. */
  readonly claims: Claim[];
  /** Versions that `prepare` was called for. */
  readonly prepared: string[];
  askToken: string | undefined;
}

interface Claim {
  readonly taskToken: string;
  readonly input: string;
}

function open(world: World, clock = virtualClock(), damaged: string[] = []): DirectClient {
  const client = directClient({
    dir: world.dir,
    onDamaged: (damagedName) => damaged.push(damagedName),
    clock,
    seed: "durability",
    async invoke(name, payload) {
      if (name.includes(":function:ask")) {
        world.askToken = (payload as { token: string }).token;
        return { payload: {} };
      }
      world.prepared.push((payload as { version: string }).version);
      return { payload: { ready: true } };
    },
  });
  client.states.start();
  return client;
}

async function answer(aws: DirectClient, world: World, { taskToken, input }: Claim): Promise<void> {
  const attempt = world.claims.filter((claim) => claim.input === input).length;
  const { platform } = JSON.parse(input) as { platform: string };
  const fail = (error: string) => aws.call("SendTaskFailure", { taskToken, error, cause: "as ever" });
  if (platform === "broken") await fail("Broken");
  else if (platform === "ubuntu" && attempt === 1) await fail("Flaky");
  else await aws.call("SendTaskSuccess", { taskToken, output: JSON.stringify(`built ${platform}`) });
}

async function work(aws: DirectClient, world: World, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const { taskToken, input } = await aws.call("GetActivityTask", { activityArn: ACTIVITY }, until);
    if (taskToken === undefined || input === undefined) continue;
    const claim = { taskToken, input };
    world.claims.push(claim);
    await answer(aws, world, claim);
  }
}

async function historyOf(aws: DirectClient): Promise<HistoryEvent[]> {
  const { events } = await aws.call<{ events: HistoryEvent[] }>("GetExecutionHistory", {
    executionArn: EXECUTION,
    maxResults: 1000,
  });
  return events;
}

async function finish(aws: DirectClient, world: World) {
  const until = new AbortController();
  const workers = [1, 2].map(() => work(aws, world, until.signal));
  await aws.pass(240);
  if (count(await historyOf(aws), "TaskSucceeded") === 0) {
    await aws.call("SendTaskSuccess", { taskToken: world.askToken, output: '"yes"' });
  }
  until.abort();
  await Promise.all(workers);
  return await aws.call("DescribeExecution", { executionArn: EXECUTION });
}

let undisturbed: {
  world: World;
  output: string | undefined;
  history: HistoryEvent[];
  journal: string[];
  name: string;
};
const folders: string[] = [];

function newWorld(): World {
  const dir = mkdtempSync(join(tmpdir(), "muster-durability-"));
  folders.push(dir);
  return { dir, claims: [], prepared: [], askToken: undefined };
}

beforeAll(async () => {
  const world = newWorld();
  await using aws = open(world);
  await aws.call("CreateActivity", { name: "build" });
  const definition = JSON.stringify({ StartAt: "Root", States: durableBuild(ACTIVITY) });
  const { stateMachineArn } = await aws.call("CreateStateMachine", {
    name: "machine",
    definition,
    roleArn: "arn:aws:iam::111111111111:role/r",
  });
  await aws.call("StartExecution", { stateMachineArn, name: "build", input: JSON.stringify(INPUT) });
  const { output } = await finish(aws, world);
  const history = await historyOf(aws);
  const folder = join(world.dir, "executions");
  const [name = ""] = readdirSync(folder);
  const journal = readFileSync(join(folder, name), "utf8").split(/(?<=\n)/);
  undisturbed = { world, output, history, journal, name };
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("the undisturbed build retries, catches and ends", () => {
  expect(JSON.parse(undisturbed.output ?? "")).toMatchObject([
    [
      {
        version: "1.0",
        built: [{ result: "built debian" }, { result: "built ubuntu" }, { failure: { Error: "Broken" } }],
      },
      { version: "2.0" },
    ],
    "yes",
    { Error: "Doom", Cause: "" },
  ]);
});

interface Killed {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly before: HistoryEvent[];
}

/** The folder as it is when the process is killed after some records of the execution, and what the world outside then knows. */
function killedAfter(records: number, torn = ""): Killed {
  const { journal, name, world: original } = undisturbed;
  const { dir } = newWorld();
  const metadata = readFileSync(join(original.dir, "metadata.journal"), "utf8");
  const running = metadata.split(/(?<=\n)/).filter((line) => !line.includes('"kind":"ended"'));
  mkdirSync(join(dir, "executions"), { recursive: true });
  writeFileSync(join(dir, "metadata.journal"), running.join(""));
  writeFileSync(join(dir, "executions", name), journal.slice(0, records).join("") + torn);
  const [header, ...kept] = journal.slice(0, records).map((line) => JSON.parse(line.slice(9)));
  const claims = kept.filter(([code]) => code === EventCode.ActivityStarted).length;
  return {
    world: { dir, claims: original.claims.slice(0, claims), prepared: [], askToken: original.askToken },
    clock: virtualClock((header?.startedAtMs ?? 0) + (kept.at(-1)?.[3] ?? 0)),
    before: undisturbed.history.slice(0, kept.filter(([code]) => code < FIRST_BOOKKEEPING_CODE).length),
  };
}

/** Claims whose task had not ended: the events that follow ActivityStarted tell. */
function heldClaims(world: World, history: HistoryEvent[]): Claim[] {
  const followed = new Set(history.map(({ previousEventId }) => previousEventId));
  const started = history.filter(({ type }) => type === "ActivityStarted");
  return world.claims.filter((_, index) => !followed.has(started[index]?.id));
}

function count(history: HistoryEvent[], type: HistoryEvent["type"]): number {
  return history.filter((event) => event.type === type).length;
}

test("after a kill at any record the build goes on: nothing finished runs again, nothing that waits is lost", async () => {
  const { journal, output, world: original } = undisturbed;
  const inputs = (claims: readonly Claim[]) => claims.map(({ input }) => input).sort();
  for (let records = 1; records < journal.length; records++) {
    const { world, clock, before } = killedAfter(records);
    await using aws = open(world, clock);
    for (const claim of heldClaims(world, before)) await answer(aws, world, claim);
    const ended = await finish(aws, world);
    expect(`${records} ${ended.status} ${ended.output}`).toBe(`${records} SUCCEEDED ${output}`);
    expect(inputs(world.claims)).toEqual(inputs(original.claims));
    expect(world.prepared).toHaveLength(original.prepared.length - count(before, "LambdaFunctionSucceeded"));
    // A token that was made before the kill is the one that works after it.
    if (count(before, "TaskScheduled") > 0) expect(world.askToken).toBe(original.askToken);
    expect(JSON.stringify((await historyOf(aws)).slice(0, before.length))).toBe(JSON.stringify(before));
  }
});

test("what a write that was cut short left at a journal's end is dropped", async () => {
  const { journal, output } = undisturbed;
  const records = Math.floor(journal.length / 2);
  const next = journal[records] ?? "";
  for (const torn of [next.slice(0, 5), next.slice(0, -1)]) {
    const { world, clock, before } = killedAfter(records, torn);
    await using aws = open(world, clock);
    for (const claim of heldClaims(world, before)) await answer(aws, world, claim);
    expect(await finish(aws, world)).toMatchObject({ output });
  }
});

test("an execution whose start was never written is as if it had not been started", async () => {
  const { name, journal } = undisturbed;
  for (const torn of ["", (journal[0] ?? "").slice(0, 40)]) {
    const { world } = killedAfter(0, torn);
    const damaged: string[] = [];
    await using aws = open(world, virtualClock(), damaged);
    expect(damaged).toEqual([]);
    expect(readdirSync(join(world.dir, "executions"))).not.toContain(name);
    const stateMachineArn = "arn:aws:states:us-east-1:111111111111:stateMachine:machine";
    expect(await aws.call("StartExecution", { stateMachineArn, name: "build" })).toMatchObject({
      executionArn: EXECUTION,
    });
  }
});

test("an execution read back has the same history, byte for byte", async () => {
  const { world: original } = undisturbed;
  const { dir } = newWorld();
  cpSync(original.dir, dir, { recursive: true });
  await using before = open(original);
  await using after = open({ ...original, dir });
  expect(JSON.stringify(await historyOf(after))).toBe(JSON.stringify(await historyOf(before)));
});
