import { createHash } from "node:crypto";
import {
  DescribeExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { runUntil } from "@muster/local";
import { type DurationRecord, Lease, type Pipeline, type Published } from "@muster/pipeline";
import { isFree, stateFolder, stateKey, stateRecords } from "@muster/records";
import { longestBuildMs } from "./faults/longest-build.ts";
import type { WorldMishap, WorldPlan } from "./faults/world-plan.ts";
import { leaveEvidence } from "./leave-evidence.ts";
import { type BuildRecord, readBuild } from "./world/read-build.ts";
import type { LaunchedInstance, Recorded, ScriptRun } from "./world/recorded.ts";
import type { Sabotage } from "./world/sabotage.ts";
import { seeded } from "./world/seeded.ts";
import { inWorld, WATCHER, type World, type WorldOptions } from "./world/world.ts";

/** How its world is otherwise than that of a soak: by default scripts take up to a quarter of an hour and leave what they say. */
type OwnWorld = Partial<Pick<WorldOptions, "endOf" | "publish" | "stage" | "machines" | "deployment" | "start">>;

export interface SeedOptions extends Omit<WorldPlan, "seed">, OwnWorld {
  readonly pipeline: Pipeline;
  readonly versions: readonly string[];
  /** How long machines boot as a rule, where `machines` says how long each does. Default: a minute. */
  readonly bootSeconds?: number;
  /** What the build is asked for; its versions where absent. */
  readonly words?: readonly string[];
  /** How long things have taken on its stage before. Default: nobody knows. */
  readonly known?: DurationRecord;
  readonly onDiagnostic?: (instanceId: string, line: string) => void;
  readonly sabotage?: Sabotage;
  /** How long a build may go on before it is given up; by default what went wrong decides. */
  readonly patienceMs?: number | undefined;
  /** Looks at what AWS keeps of the builds, when the last machine has gone; nothing of that changes the run. */
  readonly onEnd?: (world: Pick<World, "sfn" | "stage">, builds: readonly string[]) => Promise<void>;
}

/** One run of a world, from its first build to the end of its last machine. */
export interface SeedRun {
  readonly seed: number;
  readonly pipeline: Pipeline;
  /** How long a machine of this world boots as a rule. */
  readonly bootSeconds: number;
  /** How long a build of it may take; undefined where what went wrong decides. */
  readonly patienceMs: number | undefined;
  readonly recorded: Recorded;
  readonly builds: readonly BuildRecord[];
  readonly leftovers: Leftovers;
  readonly launched: readonly LaunchedInstance[];
  /** Of virtual time, until nothing was left that moves. */
  readonly seconds: number;
  /** Of everything that was seen: the same seed has the same. */
  readonly digest: string;
}

/** What must not be there when all builds have ended and idle machines have gone. */
export interface Leftovers {
  readonly running: readonly string[];
  /** Keys in the state bucket, of leases that somebody may still believe to hold, and of what only a running build needs. */
  readonly leases: readonly string[];
  readonly tokens: readonly string[];
  /** Builds that were given up: they had not ended after as long as what went wrong can have kept them. */
  readonly unended: readonly string[];
}

/** Longer than any number of faults keeps builds: a world that goes on for so long is not one of builds that do not end. */
const LIMIT_MS = 60 * 86_400_000;
/** The reaper's last resort, and a tick more. */
const LEFTOVER_LIMIT_MS = 3 * 86_400_000;
const LOOK_MS = 300_000;
const MOVES_MS = 600_000;
/** Who died with one does not let go of it: it expires. */
const LONGEST_LEASE_MS = 300_000;

/** Runs one seed to its end. Whatever is left to chance, the seed decides. */
export async function runSeed(seed: number, options: SeedOptions): Promise<SeedRun> {
  const {
    pipeline,
    versions,
    words = versions,
    bootSeconds = 60,
    patienceMs,
    known,
    onDiagnostic,
    sabotage,
    onEnd,
    ...rest
  } = options;
  const { endOf, publish, stage, machines, deployment, start, ...plan } = rest;
  const durations = seeded(`${seed}/durations`);
  const world: WorldOptions = {
    pipeline,
    plan: { ...plan, seed, spares: [WATCHER] },
    ...(onDiagnostic !== undefined && { onDiagnostic }),
    ...(sabotage !== undefined && { sabotage }),
    ...(stage !== undefined && { stage }),
    ...(machines !== undefined && { machines }),
    ...(deployment !== undefined && { deployment }),
    ...(start !== undefined && { start }),
    endOf: endOf ?? ((run) => ({ seconds: durations.of(run.task).integer(30, 900), exit: 0 })),
    publish:
      publish ??
      (async (run, clients) => {
        for (const made of madeBy(run, pipeline)) {
          await leaveEvidence(clients.s3, made, { buckets: clients.stage.buckets, text: run.task });
        }
      }),
  };
  return inWorld(world, async (opened) => {
    const records = stateRecords(opened.s3, opened.stage.buckets.state);
    if (known !== undefined) await records.write(stateKey.durations, known);
    const run = await runBuilds(seed, opened, { pipeline, versions, words, bootSeconds, patienceMs });
    await onEnd?.(
      opened,
      run.builds.map(({ executionArn }) => executionArn),
    );
    return run;
  });
}

async function runBuilds(
  seed: number,
  world: World,
  {
    pipeline,
    versions,
    words,
    bootSeconds,
    patienceMs,
  }: Required<Pick<SeedOptions, "pipeline" | "versions" | "words" | "bootSeconds">> & Pick<SeedOptions, "patienceMs">,
): Promise<SeedRun> {
  const { clock, recorded, sfn } = world;
  const startedMs = clock.now();
  const builds = [await startBuild(world, { number: 1, words })];
  const lastMs = arrangePeople(world, { builds, versions });
  await untilAllEnded(world, builds, { lastMs, patienceMs });
  const leftovers = await leftoversOf(world, await stillRunning(sfn, builds));
  const records = await Promise.all(builds.map((arn) => readBuild(sfn, arn)));
  const seconds = (clock.now() - startedMs) / 1000;
  const digest = digestOf(recorded, records);
  return {
    seed,
    pipeline,
    bootSeconds,
    patienceMs,
    recorded,
    builds: records,
    leftovers,
    launched: world.launched(),
    seconds,
    digest,
  };
}

async function startBuild(
  { sfn, stage }: World,
  { number, words }: { number: number; words: readonly string[] },
): Promise<string> {
  const { executionArn = "" } = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: stage.stateMachineArn,
      name: `build-${number}`,
      input: JSON.stringify({ input: words.join(" ") }),
    }),
  );
  return executionArn;
}

/** What people do at some time of the first two hours. @returns when the last of it is done */
function arrangePeople(world: World, { builds, versions }: { builds: string[]; versions: readonly string[] }): number {
  const { clock, ask, sfn } = world;
  const deeds: number[] = [clock.now()];
  const arrange = (kind: "people.build" | "people.stop", deed: (mishap: WorldMishap) => void) => {
    const mishap = ask(kind, "build-1");
    if (mishap === undefined) return;
    const atMs = clock.now() + mishap.random.integer(0, PEOPLE_WITHIN_SECONDS) * 1000;
    deeds.push(atMs);
    clock.at(atMs, () => deed(mishap));
  };
  arrange("people.stop", (mishap) => {
    mishap.happens("build-1 is stopped");
    void sfn.send(new StopExecutionCommand({ executionArn: builds[0] ?? "" })).catch(() => {});
  });
  arrange("people.build", (mishap) => {
    const others = mishap.random.happens(0.5) ? versions : OTHER_VERSIONS;
    mishap.happens(`build-2 is started, of ${others.join(" ")}`);
    void startBuild(world, { number: 2, words: others }).then((arn) => builds.push(arn));
  });
  return Math.max(...deeds);
}

const OTHER_VERSIONS = ["7.0.0"];
const PEOPLE_WITHIN_SECONDS = 7200;

async function stillRunning(sfn: SFNClient, builds: readonly string[]): Promise<string[]> {
  const states = await Promise.all(
    builds.map(async (executionArn) => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status),
  );
  return builds.filter((_, index) => states[index] === "RUNNING");
}

async function untilAllEnded(
  world: World,
  builds: readonly string[],
  { lastMs, patienceMs }: { lastMs: number; patienceMs: number | undefined },
): Promise<void> {
  const { aws, clock, sfn, recorded } = world;
  keepMoving(clock, clock.now() + LIMIT_MS);
  await runUntil(
    aws,
    clock,
    now(clock, async () => {
      if (clock.now() > lastMs + (patienceMs ?? longestBuildMs(recorded.faults))) return true;
      return clock.now() > lastMs && (await stillRunning(sfn, builds)).length === 0;
    }),
    { limitMs: LIMIT_MS },
  );
}

/** Where no schedule wakes anybody, time would stand still before anybody has looked. */
function keepMoving(clock: World["clock"], untilMs: number): void {
  if (clock.now() < untilMs) clock.at(clock.now() + MOVES_MS, () => keepMoving(clock, untilMs));
}

/** Looks now and then: each look is a call. */
function now({ now: time }: World["clock"], look: () => Promise<boolean>): () => Promise<boolean> {
  let nextMs = time() + LOOK_MS;
  return async () => {
    if (time() < nextMs) return false;
    nextMs = time() + LOOK_MS;
    return look();
  };
}

async function leftoversOf(world: World, unended: readonly string[]): Promise<Leftovers> {
  const { aws, clock } = world;
  const running = () => aws.ec2.instances().filter(({ state }) => state !== "terminated");
  const untilMs = clock.now() + LEFTOVER_LIMIT_MS;
  await runUntil(aws, clock, () => running().length === 0 || clock.now() > untilMs, { limitMs: 2 * LEFTOVER_LIMIT_MS });
  const held = await heldLeases(world);
  const laterMs = clock.now() + LONGEST_LEASE_MS;
  keepMoving(clock, laterMs);
  await runUntil(aws, clock, () => clock.now() >= laterMs);
  const stillHeld = await heldLeases(world);
  return {
    running: running().map(({ instanceId }) => instanceId),
    leases: [...held].filter(([key, lease]) => stillHeld.get(key)?.fencing === lease.fencing).map(([key]) => key),
    tokens: await stateRecords(world.s3, world.stage.buckets.state).list(stateFolder.executions),
    unended,
  };
}

/** By key. */
async function heldLeases({ s3, stage, clock }: World): Promise<ReadonlyMap<string, Lease>> {
  const records = stateRecords(s3, stage.buckets.state);
  const keys = await records.list(stateFolder.leases);
  const leases = await Promise.all(keys.map(async (key) => ({ key, lease: (await records.read(key, Lease))?.value })));
  return new Map(leases.flatMap(({ key, lease }) => (lease && !isFree(lease, clock.now()) ? [[key, lease]] : [])));
}

/** What a task's definition says that it makes. */
function madeBy({ task, activity: name }: ScriptRun, pipeline: Pipeline): Published[] {
  const activity = pipeline.activities.find((each) => each.name === name);
  const subject = subjectOf(task, name, pipeline);
  if (activity === undefined) return [];
  return [...(activity.produces?.(subject as never) ?? []), ...(activity.publishes?.(subject as never) ?? [])];
}

function subjectOf(task: string, activity: string, pipeline: Pipeline): { version: string; platform?: string } {
  const rest = task.slice(activity.length + 1);
  const platforms = pipeline.platforms.kind === "fixed" ? pipeline.platforms.names : [];
  const platform = platforms.find((name) => rest.endsWith(`-${name}`));
  return platform === undefined ? { version: rest } : { version: rest.slice(0, -platform.length - 1), platform };
}

/** Headers tell the time of the machine that this runs on, of a body its digest says enough, and rules are the same in every run. */
const LEFT_OUT = new Set(["headers", "Body", "rule"]);
const textOf = (input: unknown): string =>
  JSON.stringify(input, (name, value: unknown) => (LEFT_OUT.has(name) ? undefined : value));

function digestOf(recorded: Recorded, builds: readonly BuildRecord[]): string {
  const hash = createHash("sha256");
  for (const { atMs, service, operation, accessKeyId, input, error } of recorded.calls) {
    hash.update(`${atMs} ${accessKeyId} ${service}.${operation} ${textOf(input)} ${error?.code ?? ""}\n`);
  }
  hash.update(JSON.stringify([recorded.runs, recorded.machines, recorded.invocations, recorded.faults, builds]));
  return hash.digest("hex");
}
