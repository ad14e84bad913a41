import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { createWorkspace } from "../src/workspace.ts";
import { crashBuild, type Kill } from "./crash-build.ts";
import { differences } from "./differences.ts";

/**
 * Kills real builds at random moments, `--count` times (default 200): `--seed` repeats a run's moments, `--keep` leaves the folders of builds that do
 * not end as an undisturbed one.
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: String(process.pid) },
    keep: { type: "boolean", default: false },
  },
});
const count = Number(values.count);
if (!Number.isInteger(count) || count < 1) {
  process.stderr.write(`--count ${values.count} is not a number of kills: say a whole number from 1\n`);
  process.exit(2);
}

let drawn = 0;
const random = (): number => createHash("sha256").update(`${values.seed}/${drawn++}`).digest().readUInt32BE() / 2 ** 32;
const print = (line: string) => process.stdout.write(`${line}\n`);

const workspace = await createWorkspace();
const undisturbed = await crashBuild(workspace, []);
await workspace[Symbol.asyncDispose]();
const before = differences(undisturbed, undisturbed);
if (before.length > 0) {
  print(`an undisturbed build is not as it should be:\n${before.join("\n")}`);
  process.exit(1);
}

/** Of the fastest build that no kill has met: other work on the machine slows some of them. */
let buildMs = undisturbed.lastMs;
let kills = 0;
let builds = 0;
let failed = 0;
let survivedMs = 0;
let longestMs = 0;
while (kills < count) {
  const moments = Array.from(
    { length: random() < 0.3 ? 2 : 1 },
    (): Kill => ({
      afterMs: Math.floor(random() * buildMs),
      again: random() < 0.5 ? "at once" : "after a look",
    }),
  );
  const workspace = await createWorkspace();
  const build = await crashBuild(workspace, moments);
  const wrong = differences(build, undisturbed);
  if (build.killedAt.length === 0) buildMs = Math.min(buildMs, build.lastMs);
  builds++;
  kills += build.killedAt.length;
  if (wrong.length > 0) failed++;
  survivedMs = Math.max(survivedMs, build.survivedMs);
  longestMs = Math.max(longestMs, build.lastMs);
  const told = moments.map(({ afterMs, again }) => `${afterMs} ms, again ${again}`).join("; ");
  print(
    `${builds}: ${build.killedAt.length} kills (${told}): ${wrong.length === 0 ? "as undisturbed" : "DIFFERENT"}, ${Math.round(build.lastMs)} ms after the last start`,
  );
  for (const line of wrong) print(`  ${line}`);
  if (wrong.length > 0 && values.keep) print(`  kept in ${workspace.dir}`);
  else await workspace[Symbol.asyncDispose]();
}
print(`${kills} kills of ${builds} builds (seed ${values.seed}), ${failed} did not end as an undisturbed one`);
print(
  `the longest took ${(longestMs / 1000).toFixed(1)} s after its last start; no process survived by ${(survivedMs / 1000).toFixed(1)} s`,
);
process.exitCode = failed === 0 ? 0 : 1;
