import { join } from "node:path";
import { processMachine, type RunInstance } from "@muster/local";
import { type WorkerVariablesOptions, workerVariables } from "./worker-variables.ts";

export interface WorkerProcessOptions extends Pick<WorkerVariablesOptions, "home" | "dummySeconds" | "repository"> {
  /** Each instance gets a folder of its own below it. */
  readonly dir: string;
  /** The endpoint, as workers see it. */
  url(): string;
}

/** The variable by which processes of an instance are found. */
export const INSTANCE_MARK = "MUSTER_INSTANCE";

/**
 * An EC2 instance of the local stage: processes in a folder of their own that run the user data. Their end of a pipe closes when this process
 * dies, however it dies; an agent then ends its script and itself.
 */
export function runWorkerProcess({ dir, url, ...machine }: WorkerProcessOptions): RunInstance {
  return processMachine({
    dir,
    mark: INSTANCE_MARK,
    environment: ({ instance: { metadataUrl, region }, folder, shutdown, ownerFd }) => ({
      ...workerVariables({ ...machine, url: url(), region, temporary: join(folder, "tmp") }),
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
      MUSTER_WORKER_DIR: folder,
      MUSTER_SHUTDOWN: shutdown,
      MUSTER_OWNER_FD: String(ownerFd),
    }),
  });
}
