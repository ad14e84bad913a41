import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { compareDebianVersions } from "./compare-versions.ts";

test.each([
  ["0.1.2-1~bookworm", "2026.11.29-1~bookworm"],
  ["4.28.3-1~jammy", "4.100.0-1~jammy"],
  ["1.0~rc1-1", "1.0-1"],
  ["1.0~~", "1.0~"],
  ["9.9", "1:0.1"],
  ["1.0-1", "1.0-1.1"],
  ["1.0", "1.0a"],
  ["1.0a", "1.0+"],
])("%s is older than %s", (older, newer) => {
  expect(compareDebianVersions(older, newer)).toBeLessThan(0);
  expect(compareDebianVersions(newer, older)).toBeGreaterThan(0);
});

test.each([
  ["1.0", "1.0-0"],
  ["0:1.0", "1.0"],
  ["1.007", "1.7"],
])("%s and %s are of the same age", (a, b) => {
  expect(compareDebianVersions(a, b)).toBe(0);
});

const hasDpkg = spawnSync("dpkg", ["--version"]).status === 0;

test.skipIf(!hasDpkg)("thousands of pairs have dpkg's own order", () => {
  let seed = 7;
  const pick = <T>(of: readonly T[]): T => {
    seed = (seed * 48_271) % 2_147_483_647;
    return of[seed % of.length] as T;
  };
  const pieces = ["0", "1", "09", "10", "2026", ".", ".", "~", "+", "a", "Z", "rc"];
  const upstream = () =>
    `${pick(["0", "1", "2"])}${Array.from({ length: pick([0, 1, 3, 5]) }, () => pick(pieces)).join("")}`;
  const version = () => `${pick(["", "", "1:", "0:"])}${upstream()}${pick(["", "-1", "-0", "-1~a", "-2.1"])}`;
  const pairs = Array.from({ length: 1500 }, () => [version(), version()] as const);
  const script = pairs
    .map(
      ([a, b]) =>
        `dpkg --compare-versions '${a}' lt '${b}' && echo lt || { dpkg --compare-versions '${a}' eq '${b}' && echo eq || echo gt; }`,
    )
    .join("\n");
  const answers = execFileSync("sh", { input: script, encoding: "utf8" }).trim().split("\n");
  const ours = pairs.map(([a, b]) => ["gt", "eq", "lt"][1 - Math.sign(compareDebianVersions(a, b))]);
  const differing = pairs.flatMap((pair, index) => (ours[index] === answers[index] ? [] : [[...pair, answers[index]]]));
  expect(differing).toEqual([]);
});
