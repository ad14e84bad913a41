import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { SimulationJson } from "./simulation-json.ts";

const repository = join(import.meta.dirname, "../../../..");
const run = promisify(execFile);

/** Its command, as a reader pastes it: one line, and what of it is asked of few worlds. */
async function commandOfDocument(): Promise<string[]> {
  const text = await readFile(join(repository, "docs/policies.md"), "utf8");
  const [, command = ""] = /```\n(muster simulate [^`]+)```/.exec(text) ?? [];
  const words = command.replaceAll("\\\n", " ").split(/\s+/).filter(Boolean).slice(1);
  const ofFewWorlds = words
    .join(" ")
    .replace(/--seeds \d+/, "--seeds 1")
    .replace(/ --faults (?!calm)\S+/g, "");
  return ofFewWorlds.split(" ");
}

test("the command of docs/policies.md makes its table, and what wins there wins in its first world", async () => {
  const words = await commandOfDocument();
  const muster = join(repository, "packages/cli/bin/muster.mjs");
  const { stdout } = await run(process.execPath, [muster, ...words, "--json"], {
    cwd: repository,
    maxBuffer: 64 * 2 ** 20,
  });
  const { results } = JSON.parse(stdout) as SimulationJson;
  const told = results.map(({ policy, faults, failed, violations }) => ({ policy, faults, failed, violations }));
  expect(told).toEqual(
    ["default", "predecessor", "spot=never", "start-ahead=true"].map((policy) => ({
      policy,
      faults: "calm",
      failed: [],
      violations: [],
    })),
  );
  const [usual, before, , ahead] = results.map(({ makespanSeconds, dollars }) => ({
    seconds: makespanSeconds.median,
    dollars: dollars?.median ?? Number.NaN,
  }));
  expect(before?.dollars).toBeGreaterThan(2 * (usual?.dollars ?? Number.NaN));
  expect(ahead?.seconds).toBeLessThan(0.97 * (usual?.seconds ?? Number.NaN));
  expect(ahead?.dollars).toBeLessThan(1.02 * (usual?.dollars ?? Number.NaN));
});
