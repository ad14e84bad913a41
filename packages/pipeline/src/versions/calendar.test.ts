import { expect, test } from "vitest";
import { calendar } from "./calendar.ts";
import { debianVersion } from "./package-version.ts";

const ubuntu = calendar({ releases: "YY.0M[.MICRO][-MODIFIER]", nightlies: "YYYY.0M.0D" });

test.each([
  ["26.04", "26.04"],
  ["v26.04.1", "26.04.1"],
  ["26.10-rc1", "26.10-rc1"],
  ["26.04.1-beta.2", "26.04.1-beta.2"],
  ["2026.11.29", "2026.11.29"],
  ["26.04_2", "26.04_2"],
])("%s is the version %s", (word, version) => {
  expect(ubuntu.parse(word)).toBe(version);
});

test.each(["26.4", "26.13", "26.00", "26", "26.04.01", "2026.02.30", "2026.11", "26.04-1", "26.04-", "1.2.3.4", ""])(
  "%j is none",
  (word) => {
    expect(ubuntu.parse(word)).toBeUndefined();
  },
);

test.each([
  ["YYYY.MM.DD", "2026.1.9", "2026.01.09"],
  ["0Y.MM", "06.4", "6.4"],
  ["YYYY.0M.MAJOR.MINOR", "2026.04.1.2", "2026.04.1"],
  ["YYYY0M0D", "20260109", "2026.01.09"],
  ["YYYY-0M-0D", "2026-02-28", "2026-02-29"],
])("of the format %s is %s, and not %s", (releases, version, none) => {
  expect(calendar({ releases }).parse(version)).toBe(version);
  expect(calendar({ releases }).parse(none)).toBeUndefined();
});

test("a day's version is a nightly, and what has a modifier is no release", () => {
  const versions = ["26.04", "26.04-rc1", "2026.11.29", "26.04.1_2"];
  expect(versions.map(ubuntu.isRelease)).toEqual([true, false, false, true]);
  expect(versions.map(ubuntu.isNightly)).toEqual([false, false, true, false]);
  expect(ubuntu.nightlyOf?.(new Date("2026-01-02T03:04:05Z"))).toBe("2026.01.02");
  expect(calendar({ releases: "YYYY.0M.0D" }).nightlyOf).toBeUndefined();
});

test("a modifier's package is older than the release's", () => {
  expect(debianVersion(ubuntu, "26.04.1-rc1_2")).toBe("26.04.1~rc1-2");
});

test.each<[Parameters<typeof calendar>[0], string]>([
  [{ releases: "" }, 'the format "" must consist of YYYY, YY'],
  [{ releases: "YYYY.Q" }, 'the format "YYYY.Q" must consist of YYYY, YY'],
  [{ releases: "MM.YYYY" }, "must begin with a year"],
  [{ releases: "YYYY.MICRO.MICRO" }, "names a part twice"],
  [{ releases: "YYYY[.MM" }, "has a bracket too many"],
  [{ releases: "YYYY]" }, "has a bracket too many"],
  [{ releases: "YYYY-MODIFIER.MM" }, "must end with [-MODIFIER]"],
  [{ releases: "YY.MM", nightlies: "YYYY.MM" }, 'nightlies "YYYY.MM" must say a day'],
  [{ releases: "YYYY.0M.0D", nightlies: "YYYY.0M.0D" }, '"2026.11.29" is a release and a nightly'],
])("%j is refused", (formats, problem) => {
  expect(() => calendar(formats)).toThrow(problem);
});
