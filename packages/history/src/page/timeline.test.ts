import { expect, test } from "vitest";
import { after, sampleBuild } from "../../testing/sample-build.ts";
import { criticalPath } from "./critical-path.ts";
import { type TimelineRow, timelineOf } from "./timeline.ts";

const drawn = ({ stretches }: TimelineRow) =>
  stretches.map(({ kind, fromMs, toMs }) => `${kind} ${fromMs / 1000}-${toMs / 1000}`);
const rowOf = (rows: readonly TimelineRow[], key: string) => rows.find(({ step }) => step.key === key) as TimelineRow;

test("a task's time is looking, waiting, booting, running; lost where an attempt came to nothing, and a pause before the next", () => {
  const { build, launches } = sampleBuild({ versions: 1, platforms: 3 });
  const { rows, durationMs } = timelineOf(build, { now: after(99_999), launches });
  expect(durationMs).toBe(4_603_000);
  expect(drawn(rowOf(rows, "MakeSourceTarball-4.28.0"))).toEqual(["look 2-5", "wait 5-15", "boot 15-70", "run 70-300"]);
  expect(drawn(rowOf(rows, "MakeBinaryPackage-4.28.0-debian-2"))).toEqual([
    "look 301-303",
    "wait 303-313",
    "boot 313-396",
    "lost 396-1501",
    "pause 1501-1621",
    "wait 1621-1631",
    "boot 1631-1801",
    "lost 1801-3701",
  ]);
  expect(drawn(rowOf(rows, "MakeBinaryPackage-4.28.0-debian-3"))).toEqual(["look 301-302"]);
  expect(drawn(rowOf(rows, "ApproveRelease-4.28.0"))).toEqual(["person 3701-4301"]);
});

test("a worker that was there before the task has no boot, and of one whose launch is not known nothing is said", () => {
  const { build, launches } = sampleBuild({ versions: 1, platforms: 1 });
  const early = new Map([...launches].map(([instance]) => [instance, after(-500)]));
  const [source] = timelineOf(build, { now: after(0), launches: early }).rows;
  expect(drawn(source as TimelineRow)).toEqual(["look 2-5", "boot 5-70", "run 70-300"]);
  const [unknown] = timelineOf(build, { now: after(0), launches: new Map() }).rows;
  expect(drawn(unknown as TimelineRow)).toEqual(["look 2-5", "wait 5-70", "run 70-300"]);
});

test("what goes on lasts until now", () => {
  const { build, launches } = sampleBuild({ versions: 1, platforms: 1 });
  const [done] = build.steps;
  if (done === undefined) throw new Error("there is a step");
  const { endedAt: _, ...open } = done;
  const { endedAt: __, ...attempt } = done.attempts[0] ?? { scheduledAt: after(0) };
  const running = { ...build, state: "running" as const, endedAt: undefined };
  const steps = [{ ...open, state: "running" as const, attempts: [attempt] }];
  const { rows, durationMs } = timelineOf({ ...running, steps }, { now: after(120), launches });
  expect(durationMs).toBe(120_000);
  expect(drawn(rows[0] as TimelineRow).at(-1)).toBe("run 70-120");
});

test("the critical path is what ended last, what it waited for, and so on to the beginning", () => {
  const { build, launches } = sampleBuild({ versions: 2, platforms: 4 });
  const { rows } = timelineOf(build, { now: after(0), launches });
  expect(criticalPath(rows).map(({ step }) => step.key)).toEqual([
    "MakeSourceTarball-4.28.1",
    "MakeBinaryPackage-4.28.1-debian-4",
    "ApproveRelease-4.28.1",
    "PublishBinaryPackages-4.28.1",
  ]);
});
