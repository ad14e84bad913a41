import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a build that is over has left of the records that only a running one needs. */
export interface StateLeft {
  /** Claims, marks and tokens of builds, requests for attention. */
  readonly records: readonly string[];
  /** Leases that are not released. */
  readonly leases: readonly string[];
  /** Folders of instances. */
  readonly instances: readonly string[];
}

export function stateLeft(dir: string): StateLeft {
  const state = join(dir, ".muster/s3/soak-state");
  const find = (pattern: string) => globSync(pattern, { cwd: state });
  return {
    records: ["claims/**/*.json", "executions/**/*.json", "attention/**/*.json"].flatMap(find),
    leases: find("leases/**/*.json").filter((key) => !JSON.parse(readFileSync(join(state, key), "utf8")).released),
    instances: readdirSync(join(dir, ".muster/run")),
  };
}
