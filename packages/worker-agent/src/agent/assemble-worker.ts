import { join } from "node:path";
import type { AwsClients } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { AgentEnvironment } from "../env.ts";
import type { LogSink } from "../log/log-sink.ts";
import { logSpool } from "../log/log-spool.ts";
import { createLogStream } from "../log/log-stream.ts";
import { installCommands } from "../machine/install-commands.ts";
import type { WorkerIdentity } from "../machine/instance-identity.ts";
import { nameTag, noNameTag } from "../machine/name-tag.ts";
import { shownIn, statusFile } from "../machine/status-file.ts";
import { createWorkerFolder } from "../machine/worker-folder.ts";
import { hidingView, openView } from "../process/script-view.ts";
import { startWatchdog } from "../process/watchdog.ts";
import { claimRecord, noClaimRecord } from "../report/claim.ts";
import { recordUploads } from "../report/record-uploads.ts";
import { pipeSource } from "../script/output-pipe.ts";
import { withCommands } from "../script/script-environment.ts";
import { workerScripts } from "../script/worker-scripts.ts";
import { unfinishedTaskFile } from "../task/unfinished-task.ts";
import type { Worker } from "./worker.ts";

/** What differs between a worker on AWS, one of the local stage, a test worker, and one that a test holds in its hands. */
export interface WorkerParts {
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

const SPOOL_BYTES = 2 ** 30;
/** A spot instance has two minutes; its systemd unit is given 110 s. */
const LAST_WORDS_MS = 60_000;
/** The local stage kills after five seconds, and when it is itself gone there is nobody to talk to. */
const OWNED_LAST_WORDS_MS = 3000;

/** Makes the worker's folder and puts everything together that it works with. */
export async function assembleWorker(parts: WorkerParts): Promise<Worker> {
  const { identity, clients, clock, diagnostics, root, program, sink, owned, stop } = parts;
  const { instanceId } = identity;
  const isInstance = identity.instance !== undefined;
  const folder = await createWorkerFolder(root);
  await installCommands(folder.bin, program);
  const scripts = withCommands({ ...parts.environment.scripts, MUSTER_INSTANCE: instanceId }, folder.bin);
  const environment = { ...parts.environment, scripts };
  const spool = logSpool({ folder: folder.spool, mostBytes: SPOOL_BYTES, startedMs: clock.now() });
  const log = createLogStream({ sink, spool, clock, diagnostics });
  const pipes = pipeSource(folder.state);
  const claim = {
    clients,
    bucket: environment.worker.STATE_BUCKET,
    activity: environment.worker.ACTIVITY_NAME,
    instanceId,
    clock,
    diagnostics,
  };
  const tag = isInstance ? nameTag({ clients, instanceId, clock, diagnostics }) : noNameTag;
  const status = statusFile(join(folder.root, "status"), clock);
  return {
    environment,
    identity,
    clients,
    clock,
    diagnostics,
    folder,
    log,
    records: recordUploads({ clock, diagnostics }),
    pipes,
    claims: isInstance ? claimRecord(claim) : noClaimRecord,
    tag: shownIn(tag, status),
    status,
    watchdog: startWatchdog({ path: scripts.PATH ?? "" }),
    scripts: workerScripts({ clients, clock, diagnostics, environment, folder, targets: [log], pipes, stop }),
    unfinished: unfinishedTaskFile(folder.state),
    view: owned ? openView : await hidingView(folder.state, diagnostics),
    testOnly: !isInstance,
    mayAbandonPolls: owned,
    lastWordsMs: owned ? OWNED_LAST_WORDS_MS : LAST_WORDS_MS,
    stop,
  };
}
