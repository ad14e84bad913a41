import { expect, test } from "vitest";
import { seriesSuite, suitesOf } from "./artifacts.ts";

test.each([
  ["4.28.2", "DISTRO-4.28"],
  ["4.100.0", "DISTRO-4.100"],
  ["3.30.12", "DISTRO-lts-3.30"],
  ["2026.11.24", "DISTRO"],
])("%s is found in the suite %s", (version, suite) => {
  expect(seriesSuite(version)).toBe(suite);
});

test("what is known of a version's suites without DEBIAN_REPOSITORIES: that of its series first", () => {
  expect(suitesOf("4.28.2", "debian-10-buster")).toEqual(["debian/dists/buster-4.28", "debian/dists/buster"]);
  expect(suitesOf("2026.11.24", "ubuntu-20.04-focal")).toEqual(["ubuntu/dists/focal"]);
  expect(suitesOf("4.28.2", "macos-13")).toEqual([]);
});
