import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Stage } from "../stages/stage.ts";
import { runInProcess } from "../testing/run-in-process.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import type { SimulationJson } from "./simulation-json.ts";

/** A stage on which nothing was ever built. */
async function stageToSimulate() {
  const tests = await stageForTests();
  const { clients, loaded, pipeline, description } = tests;
  const stage = {
    ...clients,
    s3: async () => clients.s3,
    pipeline,
    pipelineFolder: loaded.folder,
    description,
    isBilled: false,
    close: async () => {},
  };
  const muster = (line: string) => runInProcess(line.split(" "), { loaded, stage: stage as unknown as Stage });
  return { ...tests, muster, [Symbol.asyncDispose]: tests[Symbol.asyncDispose] };
}

test("a release is tried out under two policies in the same world, by the times that a file says", async () => {
  await using tests = await stageToSimulate();
  await writeFile(
    join(tests.loaded.folder, "times.json"),
    '{ "MakeSource": "4:38", "MakePackage": { "debian-12-bookworm": 400 } }',
  );
  const line = "simulate 1.2.3 --seeds 1 --policy default --policy spot=never --durations times.json --boot 90s --json";
  const { stdout, stderr, exitCode } = await tests.muster(line);
  expect(exitCode, stderr).toBe(0);
  await writeFile(join(tests.loaded.folder, "long.json"), '{ "MakeSource": "1:00:00" }');
  const long = await tests.muster("simulate 1.2.3 --durations long.json");
  expect(long.stderr).toBe("muster: MakeSource-1.2.3 takes 1:00:00, and its timeout is 10:00 (--durations says so)\n");
  const { times, bootSeconds, bootFrom, results } = JSON.parse(stdout) as SimulationJson;
  expect(times.map(({ seconds, from }) => [seconds, from])).toEqual([
    [278, "file"],
    [400, "file"],
    [300, "guess"],
  ]);
  expect([bootSeconds, bootFrom]).toEqual([90, "option"]);
  const [one, other] = results;
  expect(one).toMatchObject({ policy: "default", faults: "calm", failed: [], violations: [], against: null });
  expect(one?.makespanSeconds.median).toBeGreaterThan(278 + 400);
  expect(other).toMatchObject({ policy: "spot=never", against: { faster: 0, cheaper: 0 } });
  expect(other?.makespanSeconds).toEqual(one?.makespanSeconds);
});

test("one world is a timeline and a page", async () => {
  await using tests = await stageToSimulate();
  const { stdout, exitCode } = await tests.muster("simulate 1.2.3 MakeSource --seed 3 --explain --html seed.html");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ +0:00:00 {2}build-1 starts$/m);
  expect(stdout).toMatch(/^ +0:\d\d:\d\d {2}MakeSource-1\.2\.3: succeeded$/m);
  expect(stdout).toContain("seed 3 breaks nothing");
  const page = await readFile(join(tests.loaded.folder, "seed.html"), "utf8");
  expect(page).toContain("<title>1.2.3, seed 3: succeeded</title>");
});

test.each([
  ["simulate 1.2.3 --seeds 0", '--seeds takes a whole number from 1 on, not "0"'],
  ["simulate 1.2.3 --faults clam", '"clam" is no profile of faults (did you mean calm?)'],
  ["simulate 1.2.3 --html x.html", "--html is about one world (--seed N names it)"],
  ["simulate 1.2.3 --seed 1 --seeds 2", "--seed is one world, and --seeds are many (leave one out)"],
  ["simulate 1.2.3 --boot soon", '--boot "soon" is no span (such as 90s or 3m)'],
  ["simulate 1.2.3 --durations none.json", "none.json cannot be read: ENOENT (--durations names a file with JSON)"],
  ["simulate 1.2.3 --durations source.sh", "source.sh: it is no JSON"],
  ["simulate nothing", '"nothing" is not a version'],
])("%s is refused in one line", async (line, message) => {
  await using tests = await stageToSimulate();
  const { exitCode, stderr } = await tests.muster(line);
  expect([exitCode, stderr.trim().split("\n").length]).toEqual([2, 1]);
  expect(stderr).toContain(message);
});
