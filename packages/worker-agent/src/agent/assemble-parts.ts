import { join } from "node:path";
import type { AwsClients } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { AgentEnvironment } from "../env.ts";
import type { LogSink } from "../log/log-sink.ts";
import { logSpool } from "../log/log-spool.ts";
import { createLogStream, type LogStream } from "../log/log-stream.ts";
import { installAwsCommand } from "../machine/install-aws-command.ts";
import { installCommands } from "../machine/install-commands.ts";
import type { WorkerIdentity } from "../machine/instance-identity.ts";
import { nameTag, noNameTag } from "../machine/name-tag.ts";
import { workerDisplay } from "../machine/worker-display.ts";
import { createWorkerFolder } from "../machine/worker-folder.ts";
import type { WorkerMachine } from "../machine/worker-machine.ts";
import { hidingView, openView, type ScriptView } from "../process/script-view.ts";
import { startWatchdog } from "../process/watchdog.ts";
import { type AttemptRecords, attemptRecords, noAttemptRecords } from "../report/attempt-records.ts";
import { claimRecord, noClaimRecord } from "../report/claim.ts";
import { uploadsOnDisk } from "../report/keep-record.ts";
import { type TaskReports, taskReports } from "../report/task-reports.ts";
import { pipeSource } from "../script/output-pipe.ts";
import { withCommands } from "../script/script-environment.ts";
import { type ScriptRunner, scriptRunner } from "../script/script-runner.ts";
import { type WorkerScripts, workerScripts } from "../script/worker-scripts.ts";
import type { Notices } from "../task/notices.ts";
import { placeOnDisk, type TaskPlace } from "../task/task-place.ts";
import { unfinishedTaskFile } from "../task/unfinished-task.ts";
import type { WorkerStop } from "../worker-stop.ts";
import { type FormerAgent, formerAgentHere } from "./former-agent.ts";

/** What differs between a worker on AWS, one of the local stage, a test worker, and one that a test holds in its hands. */
export interface WorkerOptions {
  readonly environment: AgentEnvironment;
  readonly identity: WorkerIdentity;
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Where it keeps its things. */
  readonly root: string;
  /** The agent's program, for the commands of scripts. */
  readonly program: string;
  readonly sink: LogSink;
  /** Owned by a process of this machine: the local stage, or the person who started a test worker. */
  readonly owned: boolean;
  readonly stop: AbortSignal;
}

/** What more than one step of a worker's life works with. */
export interface WorkerParts {
  readonly machine: WorkerMachine;
  readonly place: TaskPlace;
  readonly former: FormerAgent;
  readonly log: LogStream;
  readonly scripts: WorkerScripts;
  readonly runner: ScriptRunner;
  readonly notices: Notices;
  readonly reports: TaskReports;
  readonly records: AttemptRecords;
  readonly stop: WorkerStop;
}

const SPOOL_BYTES = 2 ** 30;
/** A spot instance has two minutes; its systemd unit is given 110 s. */
const LAST_WORDS_MS = 60_000;
/** The local stage kills after five seconds, and when it is itself gone there is nobody to talk to. */
const OWNED_LAST_WORDS_MS = 3000;

/** Makes the worker's folder, and what works in it. */
export async function assembleParts(options: WorkerOptions): Promise<WorkerParts> {
  const { environment, clients, clock, diagnostics, sink, owned } = options;
  const stop = { signal: options.stop, lastWordsMs: owned ? OWNED_LAST_WORDS_MS : LAST_WORDS_MS };
  const machine = await prepareMachine(options);
  const { folder, variables } = machine;
  const spool = logSpool({ folder: folder.spool, mostBytes: SPOOL_BYTES, startedMs: clock.now() });
  const log = createLogStream({ sink, spool, clock, diagnostics });
  const pipes = pipeSource(folder.state);
  const watchdog = startWatchdog({ path: variables.PATH ?? "" });
  const scripts = workerScripts({
    clients,
    clock,
    diagnostics,
    environment: { ...environment, scripts: variables },
    folder,
    targets: [log],
    pipes,
    stop: stop.signal,
  });
  const view = owned ? openView : await hidingView(folder.state, diagnostics);
  return {
    machine,
    place: placeOnDisk,
    former: formerAgentHere({ folder: folder.state, clock, diagnostics, stop: stop.signal }),
    log,
    scripts,
    runner: scriptRunner({ view, watchdog, pipes, clock, stop }),
    notices: noticesOf(options, machine, view),
    reports: taskReports({ sfn: clients.sfn, clock, diagnostics, stop }),
    records: recordsOf(options),
    stop,
  };
}

async function prepareMachine({ environment, identity, root, program }: WorkerOptions): Promise<WorkerMachine> {
  const { instanceId } = identity;
  const folder = await createWorkerFolder(root);
  await installCommands(folder.bin, program);
  if (environment.hasOneEndpoint) installAwsCommand(folder.bin, environment.scripts.PATH ?? "");
  const variables = withCommands({ ...environment.scripts, MUSTER_INSTANCE: instanceId }, folder.bin);
  return { instanceId, folder, variables };
}

function noticesOf(options: WorkerOptions, { instanceId, folder }: WorkerMachine, view: ScriptView): Notices {
  const { environment, identity, clients, clock, diagnostics } = options;
  const { STATE_BUCKET: bucket, ACTIVITY_NAME: activity } = environment.worker;
  const isInstance = identity.instance !== undefined;
  const claim = { clients, bucket, activity, instanceId, clock, diagnostics };
  const tag = isInstance ? nameTag({ clients, instanceId, clock, diagnostics }) : noNameTag;
  return {
    claims: isInstance ? claimRecord(claim) : noClaimRecord,
    unfinished: unfinishedTaskFile({ folder: folder.state, isHidden: view.hides }),
    display: workerDisplay(tag, { file: join(folder.root, "status"), clock }),
  };
}

function recordsOf({ environment, identity, clients, clock, diagnostics }: WorkerOptions): AttemptRecords {
  if (identity.instance === undefined) return noAttemptRecords;
  const { STATE_BUCKET, ACTIVITY_ARN, AWS_REGION, LOG_GROUP } = environment.worker;
  return attemptRecords({
    clients,
    place: { bucket: STATE_BUCKET, activityArn: ACTIVITY_ARN, region: AWS_REGION, logGroup: LOG_GROUP },
    identity,
    readUploads: uploadsOnDisk,
    clock,
    diagnostics,
  });
}
