import { parseArgs } from "node:util";
import { seededRandom } from "../src/services/states/seeded-random.ts";
import { crashBuild, differences, workMs } from "./crash-build.ts";

/** Kills a build at random moments, `--count` times (default 200): `--seed` repeats a run's moments. */
const { values } = parseArgs({
  options: { count: { type: "string", default: "200" }, seed: { type: "string", default: String(process.pid) } },
});
const random = seededRandom(values.seed);
const undisturbed = await crashBuild([]);
const buildMs = workMs(undisturbed);
let kills = 0;
let failed = 0;
while (kills < Number(values.count)) {
  // Most builds are killed once; some are killed again while they recover.
  const moments = Array.from({ length: random() < 0.25 ? 2 : 1 }, () => Math.floor(random() * buildMs));
  const report = await crashBuild(moments);
  const wrong = differences(report, undisturbed);
  kills += report.kills;
  if (wrong.length > 0) failed++;
  for (const line of wrong) process.stdout.write(`killed after ${moments.join(" and ")} ms: ${line}\n`);
}
process.stdout.write(`${kills} kills (seed ${values.seed}), ${failed} builds did not end as an undisturbed one\n`);
process.exitCode = failed === 0 ? 0 : 1;
