import { compareBuild, valid } from "semver";
import { expect, test } from "vitest";
import { randomPicks } from "../../testing/random-picks.ts";
import { debianVersion, rpmVersion } from "./package-version.ts";
import { semver } from "./semver.ts";

const scheme = semver();

test.each([
  ["1.0.0", "1.0.0"],
  ["v2.10.0", "2.10.0"],
  ["1.0.0-rc1", "1.0.0-rc1"],
  ["1.0.0-rc.1+build.5", "1.0.0-rc.1+build.5"],
  ["1.0.0+5", "1.0.0+5"],
  ["1.0.0_2", "1.0.0_2"],
  ["v1.0.0-rc1_3", "1.0.0-rc1_3"],
  ["1.0.0_1", "1.0.0"],
])("%s is the version %s", (word, version) => {
  expect(scheme.parse(word)).toBe(version);
});

test.each(["2.10", "1", "01.0.0", "1.0.0.0", "1.0.0-", "1.0.0_0", "1.0.0_2_2", "1.0.0_", "_2", "latest", ""])(
  "%j is none",
  (word) => {
    expect(scheme.parse(word)).toBeUndefined();
  },
);

test("parsing and order are npm's", () => {
  const { pick, text } = randomPicks(5);
  const word = () =>
    `${pick(["", "", "v", "0"])}${pick(["1", "2"])}.${pick(["0", "10", "01"])}.${pick(["0", "3"])}${pick(["", "", "-", "+"])}${text(["rc", ".", "1", "2", "10", "a", "-", "01"], 4)}`;
  const pairs = Array.from({ length: 3000 }, () => [word(), word()] as const);
  for (const [a, b] of pairs) {
    expect(scheme.parse(a)?.replace(/\+.*/, "") ?? null).toBe(valid(a));
    const [first, second] = [scheme.parse(a), scheme.parse(b)];
    if (first === undefined || second === undefined) continue;
    expect(Math.sign(scheme.compare(first, second))).toBe(compareBuild(a, b));
  }
});

test("pre-releases and nightlies may not be latest, builds and second packages may", () => {
  const latest = ["1.0.0", "1.0.0-rc.1", "1.0.0-nightly.20261129", "1.0.0+5", "1.0.0_2"].filter(scheme.isRelease);
  expect(latest).toEqual(["1.0.0", "1.0.0+5", "1.0.0_2"]);
  expect(["1.0.0-rc.1", "1.0.0-nightly.20261129", "1.0.0-nightly.20261129_2"].map(scheme.isNightly)).toEqual([
    false,
    true,
    true,
  ]);
});

test("there are nightlies where it is said what they come before", () => {
  expect(scheme.nightlyOf).toBeUndefined();
  const { nightlyOf } = semver({ nightlyOf: "1.3.0" });
  expect(nightlyOf?.(new Date("2026-11-29T23:59:59Z"))).toBe("1.3.0-nightly.20261129");
  for (const next of ["1.3", "v1.3.0", "1.3.0-rc1", "1.3.0+5"]) expect(() => semver({ nightlyOf: next })).toThrow(next);
});

test("packages of a pre-release are older than the release's to dpkg and rpm", () => {
  expect(debianVersion(scheme, "1.0.0-rc1")).toBe("1.0.0~rc1-1");
  expect(debianVersion(scheme, "1.0.0-a-b+c-d_2")).toBe("1.0.0~a-b+c-d-2");
  expect(debianVersion(scheme, "1.0.0+c-d")).toBe("1.0.0+c-d-1");
  expect(rpmVersion(scheme, "1.0.0-a-b_2")).toEqual({ version: "1.0.0~a_b", release: "2" });
  expect(scheme.parts("1.0.0-rc1_2")).toEqual({ upstream: "1.0.0-rc1", packaged: "1.0.0~rc1", revision: "2" });
});
