import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { randomPicks } from "../../testing/random-picks.ts";
import { compareDebianVersions } from "../debian/compare-versions.ts";
import { calendar } from "./calendar.ts";
import { debianVersions } from "./debian-versions.ts";
import { debianVersion, imageTag, rpmVersion } from "./package-version.ts";
import { pattern } from "./pattern.ts";
import { releasesAndNightlies } from "./releases-and-nightlies.ts";
import { semver } from "./semver.ts";
import type { VersionScheme } from "./version-scheme.ts";
import { withRevisions } from "./with-revisions.ts";

const pieces = ["0", "1", "2", "10", "26", "04", "2026", "11", "29", ".", ".", "-", "~", "+", ":", "_", "v", "rc", "a"];

/** What is said of versions of every scheme; `form` makes words that mostly are some. */
const schemes: readonly {
  name: string;
  scheme: VersionScheme;
  form: (picks: ReturnType<typeof randomPicks>) => string;
}[] = [
  {
    name: "releasesAndNightlies",
    scheme: withRevisions(releasesAndNightlies()),
    form: ({ pick }) =>
      pick([
        `${pick(["0", "1", "10"])}.${pick(["2", "9", "10"])}.${pick(["0", "3", "11"])}`,
        `2026.1${pick(["0", "1"])}.29`,
      ]) + pick(["", "", "_2", "_10"]),
  },
  {
    name: "semver",
    scheme: semver({ nightlyOf: "1.3.0" }),
    form: ({ pick, text }) =>
      `${pick(["", "v"])}${pick(["0", "1", "10"])}.${pick(["2", "10"])}.${pick(["0", "3"])}${pick(["", `-${text(["rc", ".", "1", "2", "10", "a", "-", "nightly"], 4)}`])}${pick(["", "", "+5", "+b.10"])}${pick(["", "", "_2"])}`,
  },
  {
    name: "debianVersions",
    scheme: debianVersions(),
    form: ({ pick, text }) =>
      `${pick(["", "", "1:", "0:"])}${pick(["0", "1", "2"])}${text(["0", "1", "10", ".", "~", "+", "a", "rc", "-"], 5)}${pick(["", "-1", "-2", "-1~a", "-2.1"])}`,
  },
  {
    name: "calendar",
    scheme: calendar({ releases: "YY.0M[.MICRO][-MODIFIER]", nightlies: "YYYY.0M.0D" }),
    form: ({ pick }) =>
      pick([
        `${pick(["24", "26"])}.${pick(["04", "10"])}${pick(["", ".1", ".10"])}${pick(["", "-rc1", "-rc10", "-beta"])}`,
        `2026.1${pick(["0", "1"])}.${pick(["01", "29"])}`,
      ]) + pick(["", "", "_2"]),
  },
  {
    name: "pattern",
    scheme: pattern(/^v?(?<version>\d+\.\d+)(-?(?<prerelease>rc\d+))?$/, { examples: ["2.10", "2.10-rc1"] }),
    form: ({ pick }) =>
      `${pick(["", "v"])}${pick(["2", "10"])}.${pick(["2", "10"])}${pick(["", "-rc1", "-rc2", "-rc10"])}${pick(["", "", "_2"])}`,
  },
];

function versionsOf({ scheme, form }: (typeof schemes)[number], count: number): string[] {
  const picks = randomPicks(11);
  const words = Array.from({ length: count }, () => form(picks));
  return [...scheme.examples, ...words.flatMap((word) => scheme.parse(word) ?? [])];
}

describe.each(schemes)("$name", (each) => {
  const { scheme, form } = each;

  test("most words of its form are versions, and a version parses to itself", () => {
    const picks = randomPicks(3);
    const words = Array.from({ length: 2000 }, () => form(picks));
    const versions = words.flatMap((word) => scheme.parse(word) ?? []);
    expect(versions.length).toBeGreaterThan(words.length / 3);
    const any = Array.from({ length: 5000 }, () => picks.text(pieces, 7)).flatMap((word) => scheme.parse(word) ?? []);
    for (const version of [...scheme.examples, ...scheme.samples, ...versions, ...any]) {
      expect(scheme.parse(version)).toBe(version);
    }
  });

  test("its order is total", () => {
    const versions = versionsOf(each, 70);
    const signs = versions.map((a) => versions.map((b) => Math.sign(scheme.compare(a, b))));
    const isAtMost = (a: number, b: number) => (signs[a]?.[b] ?? 0) <= 0;
    const indices = versions.map((_, index) => index);
    expect(indices.filter((a) => signs[a]?.[a] !== 0)).toEqual([]);
    expect(indices.filter((a) => indices.some((b) => signs[a]?.[b] !== 0 - (signs[b]?.[a] ?? 0)))).toEqual([]);
    const broken = indices.filter((a) =>
      indices.some((b) => isAtMost(a, b) && indices.some((c) => isAtMost(b, c) && !isAtMost(a, c))),
    );
    expect(broken).toEqual([]);
  });

  test("a nightly is no release, and both are of examples that are either", () => {
    for (const version of versionsOf(each, 500)) {
      if (scheme.isNightly(version)) expect([version, scheme.isRelease(version)]).toEqual([version, false]);
    }
    expect(scheme.examples.some(scheme.isRelease)).toBe(true);
    expect(scheme.isRelease(scheme.examples[0])).toBe(true);
    const day = new Date("2026-11-29T23:59:59Z");
    if (scheme.nightlyOf !== undefined) {
      expect(scheme.parse(scheme.nightlyOf(day))).toBe(scheme.nightlyOf(day));
      expect(scheme.isNightly(scheme.nightlyOf(day))).toBe(true);
      const later = scheme.nightlyOf(new Date("2026-11-30T00:00:00Z"));
      expect(scheme.compare(scheme.nightlyOf(day), later)).toBeLessThan(0);
    }
  });

  test("packages and images have names that their tools take, another for another version", () => {
    const versions = [...new Set(versionsOf(each, 1000))];
    const debian = versions.map((version) => debianVersion(scheme, version));
    for (const name of debian) expect(name).toMatch(/^(\d+:)?\d[A-Za-z0-9.+~-]*$/);
    for (const version of versions) {
      const rpm = rpmVersion(scheme, version);
      expect(`${rpm.version} ${rpm.release}`).toMatch(/^[A-Za-z0-9._+~]+ [A-Za-z0-9._+~]+$/);
      expect(imageTag(version)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
    }
    expect(new Set(versions.map(imageTag)).size).toBe(versions.length);
    expect(new Set(debian).size).toBe(versions.length);
  });
});

const inOrder: [VersionScheme, string[]][] = [
  [
    semver(),
    ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0_2", "1.0.1"],
  ],
  [semver({ nightlyOf: "1.3.0" }), ["1.2.9", "1.3.0-nightly.20261129", "1.3.0-nightly.20261130", "1.3.0"]],
  [debianVersions(), ["2.9-1", "2.10~rc1-1", "2.10-1", "2.10-3", "2.10-10", "1:0.1-1"]],
  [
    calendar({ releases: "YY.0M[.MICRO][-MODIFIER]" }),
    ["24.10", "26.04-rc1", "26.04-rc10", "26.04", "26.04_2", "26.04.1"],
  ],
  [
    pattern(/^(?<version>\d+\.\d+)(-?(?<prerelease>rc\d+))?$/, { examples: ["2.10"] }),
    ["2.9", "2.10-rc1", "2.10rc2", "2.10-rc10", "2.10", "2.10_2", "2.11"],
  ],
];

test.each(inOrder)("dpkg has the versions of a scheme in its order %#", (scheme, versions) => {
  expect(versions.toReversed().sort(scheme.compare)).toEqual(versions);
  const names = versions.map((version) => debianVersion(scheme, version));
  expect(names.toReversed().sort(compareDebianVersions)).toEqual(names);
});

const hasRpm = spawnSync("rpm", ["--version"]).status === 0;

test.skipIf(!hasRpm).each(inOrder)("rpm has them so, too %#", (scheme, versions) => {
  const names = versions.map((each) => {
    const { epoch = "0", version, release } = rpmVersion(scheme, each);
    return `${epoch}:${version}-${release}`;
  });
  const pairs = names.slice(1).map((name, index) => `rpm.vercmp("${names[index]}", "${name}")`);
  const answers = execFileSync("rpm", ["--eval", `%{lua:print(${pairs.join(", ")})}`], { encoding: "utf8" });
  expect(answers.trim().split(/\s+/)).toEqual(pairs.map(() => "-1"));
});
