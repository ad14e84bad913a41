import { expect, test } from "vitest";
import { debianVersion } from "./package-version.ts";
import { pattern } from "./pattern.ts";

const hello = pattern(/^(?:hello-|v)?(?<version>\d+\.\d+)(-?(?<prerelease>rc\d+))?$/, {
  examples: ["2.10", "2.10-rc1"],
});

test("what stands before the version is left out of it", () => {
  expect(["2.10", "v2.10", "hello-2.10", "v2.10-rc1", "2.10rc1", "v2.10_3"].map(hello.parse)).toEqual([
    "2.10",
    "2.10",
    "2.10",
    "2.10-rc1",
    "2.10rc1",
    "2.10_3",
  ]);
  expect(["2", "2.10.1", "x2.10", "2.10-rc", ""].flatMap((word) => hello.parse(word) ?? [])).toEqual([]);
});

test("part of a word is no version, and no word is remembered", () => {
  const loose = pattern(/r\d+/gy, { examples: ["r57"] });
  expect(["r57", "r57", "r57x", "xr57"].map(loose.parse)).toEqual(["r57", "r57", undefined, undefined]);
});

test("a pre-release is no release, and its package is the older one", () => {
  expect(["2.10", "2.10-rc1", "2.10rc1_2"].map(hello.isRelease)).toEqual([true, false, false]);
  expect(["2.10", "2.10-rc1", "2.10rc1_2"].map((version) => debianVersion(hello, version))).toEqual([
    "2.10-1",
    "2.10~rc1-1",
    "2.10~rc1-2",
  ]);
  expect(debianVersion(pattern(/^r\d+$/, { examples: ["r57"] }), "r58_2")).toBe("0+r58-2");
});

test("nightlies are what is said to be, and come before releases", () => {
  const scheme = pattern(/^\d+\.\d+$/, {
    examples: ["2.10"],
    nightlies: { pattern: /^git\d{8}$/, of: (date) => `git${date.toISOString().slice(0, 10).replaceAll("-", "")}` },
  });
  expect(scheme.nightlyOf?.(new Date("2026-11-29T12:00:00Z"))).toBe("git20261129");
  expect(scheme.isNightly("git20261129")).toBe(true);
  expect(["2.10", "git20261130", "2.9", "git20261129"].sort(scheme.compare)).toEqual([
    "git20261129",
    "git20261130",
    "2.9",
    "2.10",
  ]);
});

test("a reader's own order counts", () => {
  const backwards = pattern(/^r\d+$/, {
    examples: ["r57"],
    compare: (a, b) => Number(b.slice(1)) - Number(a.slice(1)),
  });
  expect(["r1", "r10", "r9"].sort(backwards.compare)).toEqual(["r10", "r9", "r1"]);
});

test("samples are like the examples with numbers that nobody has, as far as the pattern lets them", () => {
  expect(hello.samples.slice(0, 2)).toEqual(["97531.86420", "97531.86420-rc75319"]);
  expect(pattern(/^\d\.\d\d$/, { examples: ["2.10"] }).samples[0]).toBe("9.86");
  expect(pattern(/^2\.10$/, { examples: ["2.10"] }).samples[0]).toBe("2.10");
});

test("an example that the pattern does not write so is refused", () => {
  expect(() => pattern(/^\d+$/, { examples: ["2.10"] })).toThrow('the example "2.10" is not as the pattern writes it');
  expect(() => pattern(/^v(?<version>\d+)$/, { examples: ["v2"] })).toThrow('the example "v2"');
});
