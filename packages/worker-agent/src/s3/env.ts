import { join } from "node:path";

/** Beside MUSTER_RESULT: what `muster-s3` uploaded, for the attempt's record. */
export const UPLOADS_FILE = "uploads.jsonl";

/** Beside it too: the task that runs, as metadata of what it uploads tell it, and what it has read. */
export const MAKER_FILE = "maker";
const DOWNLOADS_FILE = "downloads.jsonl";

/** What the `muster-s3` command knows from a script's environment. */
export interface S3Environment {
  readonly region: string;
  readonly hasOneEndpoint: boolean;
  /** Where it notes what it uploads; absent outside of a task. */
  readonly uploadsFile: string | undefined;
  readonly makerFile: string | undefined;
  readonly downloadsFile: string | undefined;
}

export function readS3Environment(variables: NodeJS.ProcessEnv = process.env): S3Environment {
  const result = variables.MUSTER_RESULT;
  const beside = (name: string) => (result === undefined ? undefined : join(result, "..", name));
  return {
    region: variables.AWS_REGION ?? variables.AWS_DEFAULT_REGION ?? "us-west-2",
    hasOneEndpoint: variables.AWS_ENDPOINT_URL !== undefined,
    uploadsFile: beside(UPLOADS_FILE),
    makerFile: beside(MAKER_FILE),
    downloadsFile: beside(DOWNLOADS_FILE),
  };
}
