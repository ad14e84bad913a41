import { delimiter, dirname } from "node:path";
import type { Env } from "../../env.ts";
import { noProfiles } from "./no-profiles.ts";

export interface WorkerVariablesOptions extends Pick<Env, "home" | "path" | "dummySeconds"> {
  /** The endpoint, as workers see it. */
  readonly url: string;
  readonly region: string;
  /** Where its temporary files go. */
  readonly temporary: string;
  /** The checkout that the pipeline belongs to: releases of it are made from there. */
  readonly repository: string | undefined;
}

/** What a worker on this machine has in its environment, beside what its user data say. */
export function workerVariables(
  options: WorkerVariablesOptions,
): Readonly<Record<string, string>> & { readonly PATH: string } {
  const { url, region, temporary, home, path, dummySeconds, repository } = options;
  return {
    PATH: [dirname(process.execPath), path].join(delimiter),
    HOME: home,
    LANG: "C.UTF-8",
    TMPDIR: temporary,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: url,
    ...noProfiles,
    ...(dummySeconds !== undefined && { MUSTER_DUMMY_SECONDS: dummySeconds }),
    ...(repository !== undefined && { MUSTER_REPOSITORY: repository }),
  };
}
