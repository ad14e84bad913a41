import { type LocalAws, type RunningInstance, sleepUntil, type Clock as WorldClock } from "@muster/local";
import { DebugMode, policyOf, type StageDescription } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import {
  type Clock,
  createDiagnostics,
  type StopSwitch,
  stopSwitch,
  watchForSpotNotice,
} from "@muster/worker-agent/in-process";
import type { AskWorld } from "../faults/world-plan.ts";
import { type AgentProcess, runAgentProcess } from "./agent-process.ts";
import { untilDeath } from "./gate.ts";
import { emptyDisk, type MachineDisk } from "./machine-disk.ts";
import { type PlayedEnd, playedRunner } from "./played-scripts.ts";
import type { Recorded, RecordedMachine, ScriptRun } from "./recorded.ts";

export interface MachinesOptions {
  readonly aws: Pick<LocalAws, "clock" | "ec2">;
  readonly stage: StageDescription;
  readonly recorded: Recorded;
  readonly ask: AskWorld;
  /** What stands between a machine and AWS. */
  readonly wrap: (
    inner: AgentProcess["clientConfig"]["requestHandler"],
  ) => AgentProcess["clientConfig"]["requestHandler"];
  /** Variables of agents, over what their stage tells them. */
  readonly environment: Partial<AgentProcess["variables"]>;
  readonly endOf: (run: ScriptRun) => PlayedEnd;
  readonly publish: (run: ScriptRun, config: AgentProcess["clientConfig"]) => Promise<void>;
  readonly onDiagnostic: (instanceId: string, line: string) => void;
  /** From power to the agent's first poll: kernel, cloud-init, the archive, `init`. */
  readonly bootSeconds?: (machine: { readonly activity: string; readonly instanceId: string }) => number;
}

const BOOT_SECONDS = 25;
/** systemd's, before it starts an agent again. */
const RESTART_SECONDS = 5;
/** How long systemd lets an agent end after SIGTERM. */
const STOP_SECONDS = 110;
/** An agent that dies does so within this time. */
const AGENT_DIES_WITHIN_SECONDS = 1800;

/** A process of an agent, or a machine with it. */
interface Life {
  isOver: boolean;
}

/** One machine while it has power. */
interface Machine {
  readonly instance: RunningInstance;
  readonly seen: RecordedMachine;
  readonly disk: MachineDisk;
  /** Of the agent that runs now. */
  life: Life;
  readonly off: () => void;
}

/** Plays what AWS starts: boots, runs the agent to its end, and comes to a stand where the plan says so. */
export function playMachine(options: MachinesOptions): (instance: RunningInstance) => Promise<void> {
  const { aws, recorded } = options;
  return async (instance) => {
    const seen: RecordedMachine = {
      instanceId: instance.instanceId,
      activity: instance.tags[WorkerTag.activity] ?? "",
      launchToken: instance.tags[WorkerTag.launch] ?? "",
      bootedMs: aws.clock.now(),
      endedMs: undefined,
      stillMs: undefined,
    };
    recorded.machines.push(seen);
    const { promise: off, resolve } = Promise.withResolvers<void>();
    const machine: Machine = { instance, seen, disk: emptyDisk(), life: { isOver: false }, off: resolve };
    const standStill = () => {
      if (!instance.standsStill()) return;
      seen.stillMs = aws.clock.now();
      endLife(machine, options);
      resolve();
    };
    if (instance.signal.aborted) standStill();
    else instance.signal.addEventListener("abort", standStill, { once: true });
    await Promise.race([off, live(machine, options)]);
    endLife(machine, options);
    seen.endedMs = aws.clock.now();
  };
}

/** Nothing of a script outlives its agent: the watchdog sees to that. */
function endLife({ instance, life }: Machine, { recorded, aws }: MachinesOptions): void {
  life.isOver = true;
  for (const run of recorded.runs) {
    if (run.machine !== instance.instanceId || run.end !== undefined) continue;
    run.end = "died with its machine";
    run.endedMs = aws.clock.now();
  }
}

async function live(machine: Machine, options: MachinesOptions): Promise<void> {
  const { instance } = machine;
  const { clock } = options.aws;
  const seconds = options.bootSeconds?.(machine.seen) ?? BOOT_SECONDS;
  await sleepUntil(clock, clock.now() + seconds * 1000, instance.signal).catch(() => {});
  if (instance.signal.aborted) return;
  const mishap = options.ask("agent.dies", machine.seen.activity);
  if (mishap !== undefined) {
    const afterMs = mishap.random.integer(1, AGENT_DIES_WITHIN_SECONDS) * 1000;
    clock.at(clock.now() + afterMs, () => {
      if (machine.life.isOver || machine.seen.endedMs !== undefined) return;
      mishap.happens(`${instance.instanceId} (${machine.seen.activity}): its agent is killed`);
      startAnotherAgent(machine, options);
    });
  }
  await runAgent(machine, options);
}

function startAnotherAgent(machine: Machine, options: MachinesOptions): void {
  const { clock } = options.aws;
  endLife(machine, options);
  const life = { isOver: false };
  machine.life = life;
  clock.at(clock.now() + RESTART_SECONDS * 1000, () => {
    if (!life.isOver) void runAgent(machine, options).then(machine.off, machine.off);
  });
}

/** To the end of its life, which does not come for one that is killed: it has a successor, or its machine ends. */
async function runAgent(machine: Machine, options: MachinesOptions): Promise<void> {
  const { instance, life, disk, seen } = machine;
  const { aws, recorded, ask } = options;
  const { instanceId } = instance;
  const clock = machineClock(aws.clock, instance.clockSkewMs, life);
  const stop = stopSwitch();
  stopWith(machine, stop, aws.clock);
  const onDiagnostic = (line: string) => options.onDiagnostic(instanceId, line);
  const config = instance.clientConfig();
  const clientConfig = {
    ...config,
    requestHandler: untilDeath(options.wrap(config.requestHandler), () => life.isOver),
  };
  const identity = identityOf(machine, options);
  if (identity.instance?.spot) watchForNotice(machine, options, { clock, stop, onDiagnostic });
  const { publish, endOf } = options;
  await runAgentProcess({
    identity,
    variables: { ...variablesOf(seen.activity, options.stage), ...options.environment },
    clientConfig,
    clock,
    disk,
    runner: playedRunner({
      disk,
      machine: instanceId,
      clock,
      now: aws.clock.now,
      recorded,
      ask,
      endOf,
      publish: (run) => publish(run, clientConfig),
    }),
    stop: stop.signal,
    onDiagnostic,
  });
}

function identityOf({ instance }: Machine, { aws }: MachinesOptions): AgentProcess["identity"] {
  const { instanceId, instanceType, tags } = instance;
  const found = aws.ec2.instances().find((each) => each.instanceId === instanceId);
  return {
    instanceId,
    instance: {
      imageId: found?.imageId ?? "",
      instanceType,
      spot: found?.market === "spot",
      launchedBy: DebugMode.safeParse(tags[WorkerTag.launchedBy]).data ?? "",
    },
  };
}

const variablesOf = (activity: string, stage: StageDescription): AgentProcess["variables"] => ({
  ACTIVITY_ARN: stage.activities[activity] ?? "",
  SCRIPT_URL: "s3://assets/script",
  DUMMY_SCRIPT_URL: "s3://assets/dummy",
  ACTIVITY_NAME: activity,
  AWS_REGION: stage.region,
  LOG_GROUP: stage.logGroups[activity] ?? "",
  IDLE_SECONDS: String(policyOf(stage).idleSeconds),
  STATE_BUCKET: stage.buckets.state,
  SCRATCH_BUCKET: stage.buckets.scratch,
});

interface Watching {
  readonly clock: Clock;
  readonly stop: StopSwitch;
  readonly onDiagnostic: (line: string) => void;
}

function watchForNotice(
  { instance }: Machine,
  { aws }: MachinesOptions,
  { clock, stop, onDiagnostic }: Watching,
): void {
  const metadata = {
    async read() {
      const found = aws.ec2.instances().find(({ instanceId }) => instanceId === instance.instanceId);
      if (found?.interruption === undefined) return undefined;
      const { action, atMs } = found.interruption;
      return JSON.stringify({ action, time: new Date(atMs).toISOString() });
    },
  };
  watchForSpotNotice({ metadata, stop, clock, diagnostics: createDiagnostics(onDiagnostic, clock.now) });
}

/** EC2 ends an instance by asking its system to shut down, which asks the agent, and has no patience without end. */
function stopWith({ instance, off }: Machine, { stop }: StopSwitch, clock: WorldClock): void {
  const ask = () => {
    stop({ why: "the worker got SIGTERM" });
    clock.at(clock.now() + STOP_SECONDS * 1000, off);
  };
  if (instance.signal.aborted) ask();
  else instance.signal.addEventListener("abort", ask, { once: true });
}

/** In whole milliseconds, wrong by so many, and of no use to what has no power. */
const machineClock = (clock: WorldClock, wrongMs: number, life: Life): Clock => ({
  now: () => clock.now() + wrongMs,
  at: (atMs, callback) =>
    clock.at(Math.ceil(atMs - wrongMs), () => {
      if (!life.isOver) callback();
    }),
});
