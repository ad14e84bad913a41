import { join } from "node:path";
import { InvalidConfigurationError, workerLogStream } from "@muster/pipeline";
import { createClients } from "../aws/aws-clients.ts";
import { realClock } from "../clock.ts";
import { createDiagnostics } from "../diagnostics.ts";
import { readEnvironment } from "../env.ts";
import { fileSink } from "../log/file-sink.ts";
import { lazySink } from "../log/log-sink.ts";
import { readIdentity, type WorkerIdentity } from "../machine/instance-identity.ts";
import { instanceMetadata } from "../machine/instance-metadata.ts";
import { runAgent } from "./agent.ts";
import { assembleParts, type WorkerOptions } from "./assemble-parts.ts";
import { assembleWorker } from "./assemble-worker.ts";
import { watchForSpotNotice } from "./spot-notice.ts";
import { stopOnSignals, stopSwitch, watchOwner } from "./stop-worker.ts";

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

/** Runs the agent of this machine to its end; the answer is the process's exit code. */
export async function startAgent(options: AgentOptions): Promise<number> {
  const clock = realClock;
  const environment = readEnvironment();
  const { worker: variables, metadataUrl, hasOneEndpoint, temporaryFolder } = environment;
  const diagnostics = createDiagnostics((line) => process.stderr.write(`${line}\n`));
  const clients = createClients({ region: variables.AWS_REGION, forcePathStyle: hasOneEndpoint });
  const stop = stopSwitch();
  stopOnSignals(stop);
  if (options.owned) watchOwner(stop);

  const metadata = instanceMetadata(metadataUrl);
  const { testWorker } = options;
  const identity: WorkerIdentity =
    testWorker === undefined ? await readIdentity(metadata, { clock, diagnostics }) : { instanceId: testWorker };
  const { instanceId } = identity;
  if (identity.instance?.spot) watchForSpotNotice({ metadata, stop, clock, diagnostics });

  const cloudWatch = {
    clients,
    logGroupName: variables.LOG_GROUP,
    logStreamName: workerLogStream(instanceId),
    clock,
    diagnostics,
  };
  const sink =
    testWorker === undefined
      ? lazySink(async () => (await import("../log/cloud-watch-sink.ts")).cloudWatchSink(cloudWatch))
      : fileSink(requiredLogFile(options));
  const assembled: WorkerOptions = {
    environment,
    identity,
    clients,
    clock,
    diagnostics,
    root: options.folder ?? join(temporaryFolder, `muster-worker-${instanceId}`),
    program: options.program,
    sink,
    owned: options.owned || testWorker !== undefined,
    stop: stop.signal,
  };
  await runAgent(assembleWorker(assembled, await assembleParts(assembled)));
  clients.destroy();
  return 0;
}

function requiredLogFile({ logFile }: AgentOptions): string {
  if (logFile !== undefined) return logFile;
  throw new InvalidConfigurationError("a test worker needs a log file", { hint: "name one with --log" });
}
