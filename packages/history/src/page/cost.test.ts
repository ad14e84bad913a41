import { expect, test } from "vitest";
import { sampleBuild } from "../../testing/sample-build.ts";
import { dollarsOf, formatDollars, machineMs } from "./cost.ts";
import { buildPage } from "./page.ts";
import { type TimelineRow, timelineOf } from "./timeline.ts";

const { build, launches } = sampleBuild({ versions: 1, platforms: 2 });
const facts = { name: "4.28.0_alice", build, launches, failures: [], now: build.endedAt ?? new Date() };
const { rows } = timelineOf(build, facts);
const rowOf = (key: string) => rows.find(({ step }) => step.key === key) as TimelineRow;

test("a task costs what its machines took from their launch on, attempts that came to nothing included; waiting costs nothing", () => {
  const prices = new Map([["MakeSourceTarball", 3.6]]);
  // Launched 15 s after the beginning, ended after 300 s.
  expect(machineMs(rowOf("MakeSourceTarball-4.28.0"))).toBe(285_000);
  expect(dollarsOf(rowOf("MakeSourceTarball-4.28.0"), prices)).toBeCloseTo(0.285, 6);
  const failed = rowOf("MakeBinaryPackage-4.28.0-debian-2");
  const pausedMs = failed.stretches.reduce(
    (sum, { kind, fromMs, toMs }) => sum + (kind === "pause" ? toMs - fromMs : 0),
    0,
  );
  expect(pausedMs).toBeGreaterThan(0);
  expect(machineMs(failed)).toBeLessThan(failed.toMs - failed.fromMs - pausedMs);
  expect(dollarsOf(failed, prices)).toBeUndefined();
  expect(dollarsOf(rowOf("ApproveRelease-4.28.0"), prices)).toBe(0);
  expect([0, 0.001, 12.345].map(formatDollars)).toEqual(["$0.00", "< $0.01", "$12.35"]);
});

test("a page says what machines cost where they do, and that of some nobody knows; each task leads to its records", () => {
  expect(buildPage(facts)).not.toContain("Machines");
  const all = new Map(["MakeSourceTarball", "MakeBinaryPackage", "PublishBinaryPackages"].map((name) => [name, 1]));
  const priced = buildPage({ ...facts, prices: all, records: (task) => `https://console.example/?prefix=of-${task}/` });
  expect(priced).toMatch(/<dt>Machines<\/dt><dd>[\d:]+ at tasks or booting, about \$\d\.\d\d on demand<\/dd>/);
  expect(priced).toContain('<a href="https://console.example/?prefix=of-MakeSourceTarball-4.28.0/"');
  // Nobody's machine was at it.
  expect(priced).not.toContain("prefix=of-ApproveRelease");
  const some = buildPage({ ...facts, prices: new Map([["MakeSourceTarball", 1]]) });
  expect(some).toContain("without those whose price nobody knows");
  expect(some).toContain("not known");
});
