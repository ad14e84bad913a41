import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly "working-directory"?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | boolean>>;
}
interface Job {
  readonly needs?: string | string[];
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}
export type JobName = "check" | "test" | "packages" | "assets" | "publish";

export const repository = join(import.meta.dirname, "../..");

/** The workflow that releases Muster, as GitHub reads it. */
export const { on, permissions, concurrency, jobs } = parse(
  readFileSync(join(repository, ".github/workflows/release.yml"), "utf8"),
) as {
  on: object;
  permissions: object;
  concurrency: Readonly<Record<string, unknown>>;
  jobs: Record<JobName, Job>;
};

/** A job's step by its id or its name. */
export const step = (job: JobName, name: string): Step => {
  const found = jobs[job].steps?.find((each) => each.id === name || each.name === name);
  if (found === undefined) throw new Error(`${job} has no step "${name}"`);
  return found;
};
