import { join } from "node:path";
import { InvalidConfigurationError, workerLogStream } from "@muster/pipeline";
import { runAgent } from "./agent.ts";
import { createClients } from "./aws-clients.ts";
import { claimRecord, noClaimRecord } from "./claim.ts";
import { realClock } from "./clock.ts";
import { createDiagnostics } from "./diagnostics.ts";
import { type AgentEnvironment, readEnvironment } from "./env.ts";
import { fileSink } from "./file-sink.ts";
import { installCommands } from "./install-commands.ts";
import { readIdentity, type WorkerIdentity } from "./instance-identity.ts";
import { instanceMetadata } from "./instance-metadata.ts";
import { lazySink } from "./log-sink.ts";
import { logSpool } from "./log-spool.ts";
import { createLogStream } from "./log-stream.ts";
import { nameTag, noNameTag } from "./name-tag.ts";
import { pipeSource } from "./output-pipe.ts";
import { withCommands } from "./script-environment.ts";
import { hidingView, openView } from "./script-view.ts";
import { watchForSpotNotice } from "./spot-notice.ts";
import { shownIn, statusFile } from "./status-file.ts";
import { stopOnSignals, stopSwitch, watchOwner } from "./stop-worker.ts";
import { unfinishedTaskFile } from "./unfinished-task.ts";
import { startWatchdog } from "./watchdog.ts";
import { createWorkerFolder } from "./worker-folder.ts";
import { workerScripts } from "./worker-scripts.ts";

export interface AgentOptions {
  /** Of the agent itself: scripts call it as `muster-s3`. */
  readonly program: string;
  /** The process at the other end of standard input owns the endpoint. */
  readonly owned: boolean;
  /** Where it keeps its things; a folder of its own among the temporary files where absent. */
  readonly folder: string | undefined;
  /** Its name, when it is no instance but a test worker. */
  readonly testWorker: string | undefined;
  /** Where a test worker's log goes. */
  readonly logFile: string | undefined;
}

const SPOOL_BYTES = 2 ** 30;
/** A spot instance has two minutes; a systemd unit is given 90 s. */
const LAST_WORDS_MS = 60_000;
/** The local stage kills after five seconds, and when it is itself gone there is nobody to talk to. */
const OWNED_LAST_WORDS_MS = 3000;

/** Wires the agent together and runs it to its end; the answer is the process's exit code. */
export async function startAgent(options: AgentOptions): Promise<number> {
  const clock = realClock;
  const environment = readEnvironment();
  const diagnostics = createDiagnostics((line) => process.stderr.write(`${line}\n`));
  const clients = createClients({
    region: environment.worker.AWS_REGION,
    forcePathStyle: environment.hasOneEndpoint,
  });
  const stop = stopSwitch();
  stopOnSignals(stop);
  if (options.owned) watchOwner(stop);

  const { testWorker } = options;
  const identity: WorkerIdentity =
    testWorker === undefined
      ? await readIdentity(instanceMetadata(environment.metadataUrl), { clock, diagnostics })
      : { instanceId: testWorker };
  const { instanceId } = identity;
  if (identity.instance?.spot) {
    watchForSpotNotice({ metadata: instanceMetadata(environment.metadataUrl), stop, clock, diagnostics });
  }
  const folder = await createWorkerFolder(
    options.folder ?? join(environment.temporaryFolder, `muster-worker-${instanceId}`),
  );
  await installCommands(folder.bin, options.program);
  const scripts = withCommands({ ...environment.scripts, MUSTER_INSTANCE: instanceId }, folder.bin);
  const cloudWatch = {
    clients,
    logGroupName: environment.worker.LOG_GROUP,
    logStreamName: workerLogStream(instanceId),
    diagnostics,
  };
  const sink =
    testWorker === undefined
      ? lazySink(async () => (await import("./cloud-watch-sink.ts")).cloudWatchSink(cloudWatch))
      : fileSink(requiredLogFile(options));
  const log = createLogStream({
    sink,
    spool: logSpool({ folder: folder.spool, mostBytes: SPOOL_BYTES, startedMs: clock.now() }),
    clock,
    diagnostics,
  });
  const claim = {
    clients,
    bucket: environment.worker.STATE_BUCKET,
    activity: environment.worker.ACTIVITY_NAME,
    instanceId,
    diagnostics,
  };
  const pipes = pipeSource(folder.state);
  const isInstance = identity.instance !== undefined;
  const own: AgentEnvironment = { ...environment, scripts };
  await runAgent({
    environment: own,
    identity,
    clients,
    clock,
    diagnostics,
    folder,
    log,
    claims: isInstance ? claimRecord(claim) : noClaimRecord,
    tag: shownIn(
      isInstance ? nameTag({ clients, instanceId, clock, diagnostics }) : noNameTag,
      statusFile(join(folder.root, "status"), clock),
    ),
    pipes,
    watchdog: startWatchdog({ path: scripts.PATH ?? "" }),
    scripts: workerScripts({
      clients,
      clock,
      diagnostics,
      environment: own,
      folders: folder,
      folder: folder.scripts,
      scripts,
      targets: [log],
      pipes,
    }),
    testOnly: testWorker !== undefined,
    unfinished: unfinishedTaskFile(folder.state),
    view: options.owned || !isInstance ? openView : await hidingView(folder.state, diagnostics),
    mayAbandonPolls: options.owned,
    lastWordsMs: options.owned ? OWNED_LAST_WORDS_MS : LAST_WORDS_MS,
    stop: stop.signal,
  });
  await pipes.close();
  clients.destroy();
  return 0;
}

function requiredLogFile({ logFile }: AgentOptions): string {
  if (logFile !== undefined) return logFile;
  throw new InvalidConfigurationError("a test worker needs a log file", { hint: "name one with --log" });
}
