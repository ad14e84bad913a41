import { expect, test } from "vitest";
import { releasesAndNightlies } from "./releases-and-nightlies.ts";

const { parse, compare, isNightly, isRelease, nightlyOf = fail } = releasesAndNightlies();
const isVersion = (word: string) => parse(word) === word;

function fail(): never {
  throw new Error("it has no nightlies");
}

test.each(["2026.11.24", "2024.02.29", "2000.02.29", "1999.12.31"])("%s is a nightly", (version) => {
  expect([isNightly(version), isRelease(version), isVersion(version)]).toEqual([true, false, true]);
});

test.each(["4.28.2", "0.0.0", "10.200.3000", "2026.1.2", "20260.11.24", "2026.011.24"])(
  "%s is a release",
  (version) => {
    expect([isNightly(version), isRelease(version), isVersion(version)]).toEqual([false, true, true]);
  },
);

test.each([
  "2026.02.30",
  "2026.13.01",
  "2026.00.10",
  "2026.10.00",
  "2025.02.29",
  "1900.02.29",
  "4.28",
  "4.28.2.1",
  "v4.28.2",
  "4.28.2 ",
  "4.28.x",
  "",
])("%j is no version", (word) => {
  expect([isNightly(word), isRelease(word), isVersion(word)]).toEqual([false, false, false]);
});

test("every day of a leap year has its nightly", () => {
  for (let day = 0; day < 366; day++) {
    const date = new Date(Date.UTC(2024, 0, 1 + day, 12));
    expect(isNightly(nightlyOf(date))).toBe(true);
  }
});

test("the nightly of a moment is that of its UTC date", () => {
  expect(nightlyOf(new Date("2026-11-24T23:59:59.999Z"))).toBe("2026.11.24");
  expect(nightlyOf(new Date("2026-11-24T20:00:00-05:00"))).toBe("2026.11.25");
});

test("versions are ordered by their numbers, nightlies before releases", () => {
  expect(["4.100.0", "4.28.3", "4.28.10"].sort(compare)).toEqual(["4.28.3", "4.28.10", "4.100.0"]);
  expect(["2026.11.29", "2026.02.03"].sort(compare)).toEqual(["2026.02.03", "2026.11.29"]);
  expect(compare("1.2.3", "1.2.3")).toBe(0);
  expect(["0.1.2", "2026.11.29"].sort(compare)).toEqual(["2026.11.29", "0.1.2"]);
});
