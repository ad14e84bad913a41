import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { buildStatus } from "./areas/build-status.ts";
import { invalidations, machines } from "./areas/machines.ts";
import { platforms } from "./areas/platforms.ts";
import { moreNames, preparedSteps } from "./areas/prepared-steps.ts";
import { repositoriesChanged } from "./areas/repositories-changed.ts";
import { failureReports, manyFailures, normalizedResults } from "./areas/results.ts";
import { shouldRun } from "./areas/should-run.ts";
import { states } from "./areas/states.ts";
import { words } from "./areas/words.ts";
import { type Compared, compareAll } from "./difference.ts";
import { type HhvmWorld, hhvmWorld } from "./hhvm-world.ts";
import { shownByTests } from "./shown-by-tests.ts";
import { namesIn, readTable } from "./table.ts";

const repository = join(import.meta.dirname, "../../..");
const table = readTable();

/** What both were asked, and how. */
const areas: Readonly<Record<string, (world: HhvmWorld) => Promise<Compared[]>>> = {
  "the words of a build": () => compareAll(words),
  "normalised results": () => compareAll(normalizedResults),
  "the failures of a build": (world) => compareAll(failureReports(world)),
  "very many failures": () => compareAll(manyFailures),
  "whether downloads have changed": (world) => compareAll(repositoriesChanged(world)),
  "the platforms of a version": (world) => compareAll(platforms(world)),
  "which steps have nothing to do": (world) => compareAll(shouldRun(world)),
  "how far a version has come": (world) => compareAll(buildStatus(world)),
  "what a task is told": (world) => compareAll(preparedSteps(world, table)),
  "the state machine": () => compareAll(states),
  "the machines of its workers": () => compareAll(machines),
  "what the CDN forgets": () => compareAll(invalidations),
};

const compared = new Map<string, readonly Compared[]>();
beforeAll(async () => {
  await using world = await hhvmWorld();
  for (const [area, compare] of Object.entries(areas)) compared.set(area, await compare(world));
});

test.for(Object.keys(areas))("asked for %s, Muster answers as the predecessor did, or as the README says", (area) => {
  const cases = compared.get(area) ?? [];
  expect(cases.length).toBeGreaterThan(0);
  const unexplained = cases.filter(({ expected, answered }) => !isDeepStrictEqual(expected, answered));
  for (const { recorded, expected, answered } of unexplained.slice(0, 5))
    expect.soft(answered, JSON.stringify(recorded).slice(0, 500)).toEqual(expected);
  expect(unexplained.length, `of ${cases.length}`).toBe(0);
});

const rows = table.map(({ name }) => name);
const shown = () => new Set([...compared.values()].flat().flatMap((each) => each.rows));

test("what differs stands once in the README's table, with a reason, and nothing else does", () => {
  expect(rows).toEqual([...new Set(rows)]);
  expect(table.filter(({ before, now, why }) => [before, now, why].includes(""))).toEqual([]);
  expect([...rows].sort()).toEqual([...shown(), ...Object.keys(shownByTests)].sort());
});

test("rows that name what tasks are told name all of it", () => {
  const told = compared.get("what a task is told") ?? [];
  expect([...namesIn(table, "more variables")].sort()).toEqual(moreNames(told, ({ more }) => more));
  const fields = moreNames(told, ({ fields }) => fields).filter((name) => name !== "name" && name !== "env");
  expect([...namesIn(table, "fields of a task")].sort()).toEqual(fields);
});

test.for(Object.entries(shownByTests))("the test that shows the row %j is there", async ([, [file, title]]) => {
  const text = await readFile(join(repository, file), "utf8");
  expect(text).toContain(`"${title}"`);
});
