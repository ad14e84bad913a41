import { SYSTEM_PATH } from "@muster/worker-agent";
import type { Env } from "../../env.ts";
import { noProfiles } from "./no-profiles.ts";

export interface WorkerVariablesOptions extends Pick<Env, "home" | "dummySeconds"> {
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
  const { url, region, temporary, home, dummySeconds, repository } = options;
  return {
    // Never the caller's: what a script finds must not depend on whose shell started the build.
    PATH: SYSTEM_PATH,
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
