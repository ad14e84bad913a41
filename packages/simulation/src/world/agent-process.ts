import type { ClientConfig } from "@muster/local";
import { workerLogStream } from "@muster/pipeline";
import {
  type AwsClients,
  assembleWorker,
  attemptRecords,
  type Clock,
  claimRecord,
  cloudWatchSink,
  createDiagnostics,
  createLogStream,
  nameTag,
  runAgent,
  type ScriptRunner,
  taskReports,
  type WorkerIdentity,
  type WorkerMachine,
  type WorkerOptions,
  type WorkerParts,
  type WorkerScripts,
} from "@muster/worker-agent/in-process";
import { type MachineDisk, noFiles, noteOn, nothingLeft, spoolOn } from "./machine-disk.ts";
import { sdkClients } from "./sdk-clients.ts";

/** A process of the agent, whose machine holds what it needs. */
export interface AgentProcess {
  readonly identity: WorkerIdentity;
  /** As user data would have told it. */
  readonly variables: WorkerOptions["environment"]["worker"];
  readonly clientConfig: ClientConfig;
  /** The machine's own; it stands still for a process that has died. */
  readonly clock: Clock;
  readonly disk: MachineDisk;
  readonly runner: ScriptRunner;
  readonly stop: AbortSignal;
  readonly onDiagnostic: (line: string) => void;
}

/** A spot instance's two minutes, as its systemd unit is given them. */
const LAST_WORDS_MS = 60_000;

/** Runs the agent's own loop; what it would ask of disk and kernel is played. */
export async function runAgentProcess(process: AgentProcess): Promise<void> {
  const { identity, variables, clientConfig, clock, stop } = process;
  const diagnostics = createDiagnostics(process.onDiagnostic, clock.now);
  const clients = clientsOf(clientConfig);
  const options: WorkerOptions = {
    environment: {
      worker: variables,
      scripts: {},
      init: {},
      metadataUrl: "http://metadata.invalid",
      temporaryFolder: "/tmp",
      hasOneEndpoint: false,
    },
    identity,
    clients,
    clock,
    diagnostics,
    root: MACHINE_FOLDER,
    program: "muster-agent",
    sink: cloudWatchSink({
      clients,
      logGroupName: variables.LOG_GROUP,
      logStreamName: workerLogStream(identity.instanceId),
      clock,
      diagnostics,
    }),
    owned: false,
    stop,
  };
  await runAgent(assembleWorker(options, partsOf(process, options)));
}

function clientsOf(config: ClientConfig): AwsClients {
  const { sfn, s3, logs, ec2 } = sdkClients(config);
  return { sfn, s3: async () => s3, logs: async () => logs, ec2: async () => ec2, destroy() {} };
}

const MACHINE_FOLDER = "/var/lib/muster";

function machineOf(instanceId: string): WorkerMachine {
  const root = MACHINE_FOLDER;
  const state = `${root}/state`;
  const folder = {
    root,
    state,
    spool: `${state}/spool`,
    logs: `${state}/logs`,
    scripts: `${root}/scripts`,
    bin: `${root}/bin`,
  };
  return { instanceId, folder, variables: { PATH: folder.bin, MUSTER_INSTANCE: instanceId } };
}

function partsOf(process: AgentProcess, options: WorkerOptions): WorkerParts {
  const { disk, runner } = process;
  const { clients, clock, diagnostics, identity, sink } = options;
  const { STATE_BUCKET: bucket, ACTIVITY_NAME: activity, ACTIVITY_ARN, AWS_REGION, LOG_GROUP } = process.variables;
  const { instanceId } = identity;
  const stop = { signal: process.stop, lastWordsMs: LAST_WORDS_MS };
  return {
    machine: machineOf(instanceId),
    place: noFiles,
    former: nothingLeft,
    log: createLogStream({ sink, spool: spoolOn(disk, clock.now()), clock, diagnostics }),
    scripts: scriptsAtHand,
    runner,
    notices: {
      claims: claimRecord({ clients, bucket, activity, instanceId, clock, diagnostics }),
      unfinished: noteOn(disk),
      display: { ...nameTag({ clients, instanceId, clock, diagnostics }), ended: async () => {} },
    },
    reports: taskReports({ sfn: clients.sfn, clock, diagnostics, stop }),
    records: attemptRecords({
      clients,
      place: { bucket, activityArn: ACTIVITY_ARN, region: AWS_REGION, logGroup: LOG_GROUP },
      identity,
      readUploads: async () => [],
      clock,
      diagnostics,
    }),
    stop,
  };
}

const fetched = async () => ({ url: "s3://assets/script", file: "/opt/script", sha256: "0".repeat(64) });

/** They are there at once: how scripts are fetched is no part of this world. */
const scriptsAtHand: WorkerScripts = {
  script: fetched,
  dummy: fetched,
  afterTask: async () => undefined,
  init: async () => undefined,
  async cleanup() {},
};
