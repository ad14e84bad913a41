import type { S3Client } from "@aws-sdk/client-s3";
import type { SFNClient } from "@aws-sdk/client-sfn";
import {
  type ClientConfig,
  createLocalAws,
  instanceOf,
  type LambdaFunction,
  type LocalAws,
  type VirtualClock,
  virtualClock,
} from "@muster/local";
import { type FunctionName, functionSeconds, type Pipeline, type StageDescription } from "@muster/pipeline";
import { underChance, WorkerTag } from "@muster/records";
import { loadAll } from "@muster/worker-agent/in-process";
import { describeStage } from "../describe-stage.ts";
import { type AskWorld, askWorld, type WorldFault, type WorldPlan } from "../faults/world-plan.ts";
import { deployAnew } from "./deploy-anew.ts";
import type { Deployment } from "./deployment.ts";
import { watchedFunctions } from "./functions.ts";
import { type MachinesOptions, playMachine } from "./machine.ts";
import type { PlayedEnd } from "./played-scripts.ts";
import { type LaunchedInstance, nothingRecorded, type Recorded, type ScriptRun } from "./recorded.ts";
import { type Sabotage, untouched, type Wrap } from "./sabotage.ts";
import { moreSdkClients, sdkClients } from "./sdk-clients.ts";
import { seeded } from "./seeded.ts";
import { setUpStage } from "./set-up-stage.ts";
import { virtualChance } from "./virtual-chance.ts";

export interface WorldOptions {
  readonly pipeline: Pipeline;
  /** What goes wrong; its seed decides all else, too. */
  readonly plan: WorldPlan;
  readonly stage?: Partial<StageDescription>;
  readonly endOf: (run: ScriptRun) => PlayedEnd;
  /** Puts what the task makes where a script would, with its machine's clients. */
  readonly publish: (
    run: ScriptRun,
    clients: { readonly s3: S3Client; readonly stage: StageDescription },
  ) => Promise<void>;
  /** Breaks what Muster does: a world whose checker can fail. */
  readonly sabotage?: Sabotage;
  /** When its clock starts. */
  readonly start?: Date;
  /** How long machines boot. */
  readonly machines?: Pick<MachinesOptions, "bootSeconds">;
  /** What of the stage is otherwise than Muster deploys it. */
  readonly deployment?: Deployment;
  /** Told of each line of an agent's own log. */
  readonly onDiagnostic?: (instanceId: string, line: string) => void;
}

/** AWS with a stage of a pipeline on it, its functions and its machines, in this process and in virtual time. */
export interface World {
  readonly aws: LocalAws;
  readonly clock: VirtualClock;
  readonly stage: StageDescription;
  /** Of somebody who watches: nothing happens to these calls. */
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly recorded: Recorded;
  readonly ask: AskWorld;
  /** Every instance that EC2 has ever started. */
  launched(): LaunchedInstance[];
  close(): Promise<void>;
}

/** EC2 as it is: a boot of half a minute, instances that are not visible at first. */
const REAL_EC2 = { bootMs: 30_000, shutdownMs: 5000, visibilityDelayMs: 5000, metadataService: false } as const;

const START = new Date("2026-11-24T12:00:00Z");

/** Who watches: his calls are no part of what is judged. */
export const WATCHER = "AKIAWATCHERWATCHER00";

/** Makes a world, hands it over, and lets go of it. Whatever is left to chance in it, its seed decides. */
export async function inWorld<T>(options: WorldOptions, use: (world: World) => Promise<T>): Promise<T> {
  const clock = virtualClock((options.start ?? START).getTime());
  let made: World | undefined;
  const park: LocalAws["park"] = (work) => made?.aws.park(work) ?? work();
  await loadAll();
  return underChance(virtualChance({ clock, park }, seeded(`${options.plan.seed}/chance`)), async () => {
    const world = await createWorld(options, clock);
    made = world;
    // By hand: Node 22 does not know `await using`.
    try {
      return await use(world);
    } finally {
      await world.close();
    }
  });
}

async function createWorld(options: WorldOptions, clock: VirtualClock): Promise<World> {
  const { pipeline, plan, publish, sabotage = {} } = options;
  const recorded = nothingRecorded();
  const onFault = (fault: WorldFault) => void recorded.faults.push(fault);
  const ask = askWorld(plan, { now: clock.now, onFault });
  const functions = new Map<string, LambdaFunction>();
  let play: ReturnType<typeof playMachine> | undefined;
  const seen = new Map<string, ReturnType<LocalAws["ec2"]["instances"]>[0]>();
  // EC2 forgets an instance an hour after its end.
  const look = () => {
    for (const instance of aws.ec2.instances()) seen.set(instance.instanceId, instance);
  };
  const aws = createLocalAws({
    clock,
    seed: plan.seed,
    faults: { ...plan, functionSeconds: (name) => functionSeconds(name as FunctionName) },
    onFault,
    functions,
    onCall(call) {
      if (call.service === "ec2") look();
      if (call.accessKeyId !== WATCHER) recorded.calls.push({ ...call, atMs: clock.now() });
    },
    runInstance: async (instance) => play?.(instance),
    onDeployment: () => deploy(),
    ec2: REAL_EC2,
  });
  const stage = describeStage(pipeline, aws.ec2.network.subnets, options.stage);
  const watcher = allClients(aws.clientConfig(WATCHER));
  await setUpStage(pipeline, stage, watcher, options.deployment);
  const putFunctions = (deployed: StageDescription) => {
    const watched = watchedFunctions({
      pipeline,
      stage: deployed,
      clients: allClients(wrapped(aws.clientConfig(), sabotage.functions)),
      clock,
      ...(options.deployment?.functions !== undefined && { instead: options.deployment.functions }),
      onInvoked: (invocation) => void recorded.invocations.push(invocation),
    });
    for (const [name, run] of watched) functions.set(name, run);
  };
  putFunctions(stage);
  let deployments = 1;
  const deploy = async () =>
    putFunctions(await deployAnew({ pipeline, stage, number: ++deployments }, watcher, options.deployment));
  play = playMachine({
    aws,
    stage,
    recorded,
    ask,
    wrap: sabotage.machines ?? untouched,
    environment: sabotage.environment ?? {},
    endOf: options.endOf,
    publish: (run, own) => publish(run, { s3: sdkClients(own).s3, stage }),
    onDiagnostic: options.onDiagnostic ?? (() => {}),
    ...options.machines,
  });
  aws.start();
  const launched = () => {
    look();
    return [...seen.values()].map((instance) => launchedOf(instance, recorded));
  };
  return { aws, clock, stage, sfn: watcher.sfn, s3: watcher.s3, recorded, ask, launched, close: () => aws.close() };
}

function launchedOf(
  { instanceId, instanceType, market, tags, launchMs, terminatedMs }: ReturnType<LocalAws["ec2"]["instances"]>[0],
  { machines, calls }: Recorded,
): LaunchedInstance {
  const played = machines.find((machine) => machine.instanceId === instanceId);
  const tagged = calls.filter(
    ({ operation, error, accessKeyId }) =>
      operation === "CreateTags" && error === undefined && instanceOf(accessKeyId) === instanceId,
  );
  return {
    instanceId,
    readyMs: tagged[0]?.atMs,
    failedMs: tagged.find(({ input }) => stateIn(input as CreateTagsInput) === "failed")?.atMs,
    activity: tags[WorkerTag.activity] ?? "",
    launchToken: tags[WorkerTag.launch] ?? "",
    instanceType,
    market,
    launchedMs: launchMs,
    offMs: played?.endedMs ?? terminatedMs,
    terminatedMs,
  };
}

/** As EC2's query protocol calls its members. */
interface CreateTagsInput {
  readonly Tag?: readonly { readonly Key?: string; readonly Value?: string }[];
}

const stateIn = ({ Tag = [] }: CreateTagsInput): string | undefined =>
  Tag.find(({ Key }) => Key === WorkerTag.state)?.Value;

const wrapped = (config: ClientConfig, wrap: Wrap = untouched): ClientConfig => ({
  ...config,
  requestHandler: wrap(config.requestHandler),
});

const allClients = (config: ClientConfig) => ({ ...sdkClients(config), ...moreSdkClients(config) });
