import { expect, test } from "vitest";
import { columnsOf } from "../text-columns.ts";
import { workerNews } from "./follow-workers.ts";
import type { WorkerJson } from "./list-workers.ts";
import { reportWorkers } from "./report-workers.ts";

const worker = (instance: string, more: Partial<WorkerJson> = {}): WorkerJson => ({
  instance,
  step: "MakePackage",
  state: "active",
  task: "MakePackage-1.2.3-debian-12-bookworm",
  launchedAt: new Date("2026-11-24T12:00:00Z"),
  ageSeconds: 754,
  instanceType: "r6i.4xlarge",
  market: "spot",
  zone: "us-west-2a",
  dollarsAtMost: 0.243,
  ...more,
});
const booting = worker("i-0000000000000000b", {
  state: "booting",
  task: null,
  ageSeconds: 41.7,
  dollarsAtMost: null,
  market: "on-demand",
});
const workers = [worker("i-0000000000000000a"), booting];
const style = (_format: unknown, text: string) => text;

test("the first line counts, each machine has one of its own, and what has no price says so", () => {
  expect(reportWorkers(workers, { columns: undefined, style })).toEqual([
    "2 workers: 1 active, 1 booting; at most $0.24 so far, and 1 of unknown price",
    "  i-0000000000000000a  active   MakePackage-1.2.3-debian-12-bookworm  12:34  ≤ $0.24  r6i.4xlarge  spot       us-west-2a",
    "  i-0000000000000000b  booting  MakePackage                           41 s   -        r6i.4xlarge  on-demand  us-west-2a",
  ]);
  expect(reportWorkers([], { columns: 80, style })).toEqual(["no workers"]);
});

test("on a narrow terminal what matters less is left out, then a machine has two lines, and none is wider", () => {
  for (const columns of [100, 80, 60, 40, 20]) {
    const lines = reportWorkers(workers, { columns, style });
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  }
  expect(reportWorkers(workers, { columns: 90, style })[1]).toBe(
    "  i-0000000000000000a  active   MakePackage-1.2.3-debian-12-bookworm  12:34  ≤ $0.24",
  );
  expect(reportWorkers(workers, { columns: 47, style })).toEqual([
    "2 workers: 1 active, 1 booting; at most $0.24",
    "  so far, and 1 of unknown price",
    "  i-0000000000000000a  active   12:34  ≤ $0.24",
    "    MakePackage-1.2.3-debian-12-bookworm",
    "  i-0000000000000000b  booting  41 s   -",
    "    MakePackage",
  ]);
});

test("elsewhere only what has changed is told", () => {
  const news = workerNews(undefined, workers);
  expect(news).toEqual([
    "i-0000000000000000a active MakePackage-1.2.3-debian-12-bookworm",
    "i-0000000000000000b booting MakePackage",
  ]);
  const older = workers.map((each) => ({ ...each, ageSeconds: each.ageSeconds + 4 }));
  expect(workerNews(workers, older)).toEqual([]);
  const [first] = older;
  expect(workerNews(older, first === undefined ? [] : [{ ...first, state: "idle", task: null }])).toEqual([
    "i-0000000000000000a idle MakePackage",
    "i-0000000000000000b ended after 46 s",
  ]);
});
