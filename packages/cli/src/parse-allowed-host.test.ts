import { expect, test } from "vitest";
import { parseAllowedHost } from "./parse-allowed-host.ts";

test.each([
  ["Build.Lan.", "build.lan"],
  ["host.docker.internal", "host.docker.internal"],
  ["muster_local_1", "muster_local_1"],
  ["10.0.0.1", "10.0.0.1"],
  ["FD00::1", "[fd00::1]"],
  ["[fd00::1]", "[fd00::1]"],
])("%s is a host: %s", (text, name) => {
  expect(parseAllowedHost(text)).toBe(name);
});

test.each([
  "*",
  "*.example.com",
  "build.lan:4566",
  "http://build.lan",
  "build lan",
  "-x",
  "a..b",
  `${"a".repeat(64)}.lan`,
])("%j is none", (text) => {
  expect(() => parseAllowedHost(text)).toThrow(expect.objectContaining({ name: "Muster.Usage" }));
});
