import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { createHandlers } from "@muster/lambdas";
import { AwsError, createLocalAws, type FolderOwner, readFolderOwner } from "@muster/local";
import type { StageDescription } from "@muster/pipeline";
import { agentProgram } from "@muster/worker-agent";
import { explainError } from "../explain-error.ts";
import { DEFAULT_PIPELINE, type LoadedPipeline } from "../load-pipeline.ts";
import { EnvironmentError, UsageError } from "../usage-error.ts";
import { describeLocalStage, LOCAL_ACCOUNT, LOCAL_REGION } from "./local/describe-local-stage.ts";
import { findRepository } from "./local/find-repository.ts";
import { lateFunctions } from "./local/late-functions.ts";
import { localClients } from "./local/local-clients.ts";
import { announceReady, readReady } from "./local/ready-file.ts";
import { reapHourly } from "./local/reap-hourly.ts";
import { runWorkerProcess } from "./local/run-worker-process.ts";
import { setUpStage } from "./local/set-up-stage.ts";
import { stateDir } from "./local/state-dir.ts";
import { sweepInstances } from "./local/sweep-instances.ts";
import { takeOver } from "./local/take-over.ts";
import type { StageOptions } from "./open-stage.ts";
import type { Stage, StageNeeds } from "./stage.ts";

const POLL_MS = 150;

/** Invalidations are recorded under it; nothing lies between this machine's downloads and their users. */
const DISTRIBUTION = "EMUSTERLOCAL";

/** This machine. One process at a time owns its state and moves its builds; others talk to that process, or only read. */
export async function openLocalStage(needs: StageNeeds, options: StageOptions): Promise<Stage> {
  const { env, globals, pipeline } = options;
  const dir = stateDir(env, globals);
  const loaded = await options.loadPipeline(pipeline ?? DEFAULT_PIPELINE);
  const place: Place = { dir, loaded, options };
  while (needs.to === "run") {
    try {
      return await ownStage(place, needs);
    } catch (error) {
      if (!(error instanceof AwsError && error.code === "FolderInUse")) throw error;
    }
    const holder = readFolderOwner(dir);
    if (holder !== undefined) return joinStage(place, holder);
    // It has just let go of the folder.
    await sleep(LOOK_MS);
  }
  const owner = readFolderOwner(dir);
  return owner === undefined ? viewStage(place) : joinStage(place, owner);
}

interface Place {
  readonly dir: string;
  readonly loaded: LoadedPipeline;
  readonly options: StageOptions;
}

/** Takes the folder, lets what was under way go on, and keeps workers running until the stage is closed. */
async function ownStage({ dir, loaded, options }: Place, { timeScale, port = 0 }: StageNeeds): Promise<Stage> {
  const { env, print } = options;
  const functions = lateFunctions();
  let url = "";
  const instances = join(dir, "instances");
  const aws = createLocalAws({
    dir,
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    functions: functions.byName,
    runInstance: runWorkerProcess({
      dir: instances,
      url: () => url,
      home: env.home,
      path: env.path,
      dummySeconds: env.dummySeconds,
      repository: findRepository(loaded.folder),
    }),
    onDamaged: (name, reason) =>
      print.error({ message: `${name} is damaged and was set aside: ${reason}`, hint: undefined }),
    ...(timeScale !== undefined && { timeScale }),
    // Workers leave between polls.
    ...(env.idleSeconds !== undefined && { longPollMs: Math.min(Number(env.idleSeconds), 60) * 1000 }),
  });
  try {
    await sweepInstances(instances);
    ({ url } = await aws.listen({ port }));
    const clients = localClients(aws.clientConfig());
    const description = await describe(clients.ec2, loaded, dir);
    const handlers = createHandlers(loaded.pipeline, description, clients);
    functions.provide(description, handlers);
    await setUpStage(loaded, description, {
      clients,
      agent: agentProgram(),
      idleSeconds: env.idleSeconds,
    });
    await takeOver({ aws, clients, description });
    announceReady(dir, { pipeline: loaded.pipeline.name });
    const endReaper = reapHourly(
      () => handlers.Reap({}),
      (error) => print.error({ message: `old records stay: ${explainError(error).message}`, hint: undefined }),
    );
    return {
      pipeline: loaded.pipeline,
      pipelineFolder: loaded.folder,
      description,
      ...clients,
      pollMs: POLL_MS,
      movedBy: "here",
      downloads: join(dir, "s3", description.buckets.downloads),
      url,
      async close() {
        await endReaper();
        await aws.close();
      },
    };
  } catch (error) {
    await aws.close();
    throw error;
  }
}

/** Works through the process that owns the folder. */
async function joinStage({ dir, loaded }: Place, { pid }: FolderOwner): Promise<Stage> {
  const { url, pipeline } = await ownerReady(dir, pid);
  if (pipeline !== loaded.pipeline.name) {
    throw new UsageError(`process ${pid} builds the pipeline ${pipeline} in ${dir}, not ${loaded.pipeline.name}`, {
      hint: "wait for it, or choose another folder with --state-dir",
    });
  }
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const clients = localClients({ region: LOCAL_REGION, endpoint: url, credentials });
  const description = await describe(clients.ec2, loaded, dir);
  return {
    pipeline: loaded.pipeline,
    pipelineFolder: loaded.folder,
    description,
    ...clients,
    pollMs: POLL_MS,
    movedBy: { pid, url },
    downloads: join(dir, "s3", description.buckets.downloads),
    async close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** Reads what lies in the folder; nothing moves, and nothing is written there. */
async function viewStage({ dir, loaded, options }: Place): Promise<Stage> {
  const functions = lateFunctions();
  const aws = createLocalAws({
    ...(existsSync(dir) && { dir, resume: false }),
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    functions: functions.byName,
    onDamaged: (name, reason) => options.print.error({ message: `${name} cannot be read: ${reason}`, hint: undefined }),
  });
  const clients = localClients(aws.clientConfig());
  const description = await describe(clients.ec2, loaded, dir);
  functions.provide(description, createHandlers(loaded.pipeline, description, clients));
  return {
    pipeline: loaded.pipeline,
    pipelineFolder: loaded.folder,
    description,
    ...clients,
    pollMs: POLL_MS,
    movedBy: "nobody",
    downloads: join(dir, "s3", description.buckets.downloads),
    close: () => aws.close(),
  };
}

/** A process that has just taken the folder is not ready at once. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 50;

async function ownerReady(dir: string, pid: number): Promise<{ url: string; pipeline: string }> {
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS; await sleep(LOOK_MS)) {
    const owner = readFolderOwner(dir);
    const ready = readReady(dir);
    if (owner?.url !== undefined && ready?.pid === owner.pid) return { url: owner.url, pipeline: ready.pipeline };
    if (owner === undefined) break;
  }
  throw new EnvironmentError(`process ${pid} owns ${dir} but does not answer`, {
    hint: "end it, or choose another folder with --state-dir",
  });
}

async function describe(ec2: EC2Client, { pipeline }: LoadedPipeline, dir: string): Promise<StageDescription> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const subnets = Subnets.map(({ SubnetId = "", AvailabilityZone = "" }) => ({ id: SubnetId, zone: AvailabilityZone }));
  return describeLocalStage(pipeline, { dir, subnets, distributionId: DISTRIBUTION });
}
