import { delimiter, dirname, join } from "node:path";
import { processMachine, type RunInstance } from "@muster/local";
import { noProfiles } from "./no-profiles.ts";

export interface WorkerProcessOptions {
  /** Each instance gets a folder of its own below it. */
  readonly dir: string;
  /** The endpoint, as workers see it. */
  url(): string;
  readonly home: string;
  readonly path: string;
  /** MUSTER_DUMMY_SECONDS for the dummy script of fake builds. */
  readonly dummySeconds: string | undefined;
  /** The checkout that the pipeline belongs to: releases of it are made from there. */
  readonly repository: string | undefined;
}

/** The variable by which processes of an instance are found. */
export const INSTANCE_MARK = "MUSTER_INSTANCE";

/**
 * An EC2 instance of the local stage: processes in a folder of their own that run the user data. Their end of a pipe closes when this process
 * dies, however it dies; an agent then ends its script and itself.
 */
export function runWorkerProcess({
  dir,
  url,
  home,
  path,
  dummySeconds,
  repository,
}: WorkerProcessOptions): RunInstance {
  return processMachine({
    dir,
    mark: INSTANCE_MARK,
    environment: ({ instance: { metadataUrl, region }, folder, shutdown, ownerFd }) => ({
      PATH: [dirname(process.execPath), path].join(delimiter),
      HOME: home,
      LANG: "C.UTF-8",
      TMPDIR: join(folder, "tmp"),
      AWS_REGION: region,
      AWS_ENDPOINT_URL: url(),
      ...noProfiles,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
      MUSTER_SHUTDOWN: shutdown,
      MUSTER_OWNER_FD: String(ownerFd),
      ...(dummySeconds !== undefined && { MUSTER_DUMMY_SECONDS: dummySeconds }),
      ...(repository !== undefined && { MUSTER_REPOSITORY: repository }),
    }),
  });
}
