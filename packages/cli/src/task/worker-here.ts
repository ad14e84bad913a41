import { join } from "node:path";
import type { Env } from "../env.ts";
import { findRepository } from "../stages/local/find-repository.ts";
import { workerVariables } from "../stages/local/worker-variables.ts";
import { writeClientProfile } from "../stages/local/write-client-profile.ts";

export interface WorkerHere {
  /** Of the endpoint that its clients ask. */
  readonly url: string;
  readonly region: string;
  /** The task's. */
  readonly folder: string;
  readonly pipelineFolder: string;
  readonly env: Env;
}

/** What a worker of this machine has in its environment that takes one task without a queue, and is no instance. */
export function variablesHere({ url, region, folder, pipelineFolder, env }: WorkerHere): Record<string, string> {
  const profile = writeClientProfile({ dir: join(folder, "aws"), url, region });
  const repository = findRepository(pipelineFolder);
  return {
    ...workerVariables({ ...env, url, region, repository, temporary: join(folder, "tmp") }),
    AWS_CONFIG_FILE: profile.AWS_CONFIG_FILE as string,
    AWS_SHARED_CREDENTIALS_FILE: profile.AWS_SHARED_CREDENTIALS_FILE as string,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: NO_METADATA,
  };
}

/** There is no instance: whoever asks for its metadata is told so at once. */
export const NO_METADATA = "http://127.0.0.1:9";
