import { expect, test } from "vitest";
import { listedPlatforms, parseLinuxPlatform, parsePlatformList } from "./platform.ts";

test("a Linux platform has family, release and codename", () => {
  expect(parseLinuxPlatform("ubuntu-18.04-bionic")).toEqual({ family: "ubuntu", release: "18.04", codename: "bionic" });
  expect(parseLinuxPlatform("debian-11-bullseye")).toEqual({ family: "debian", release: "11", codename: "bullseye" });
});

test.each(["macos-13", "ubuntu-bionic", "Debian-11-bullseye", "debian-11-bullseye-slim", "debian-11-", ""])(
  "%j is no Linux platform",
  (platform) => {
    expect(parseLinuxPlatform(platform)).toBeUndefined();
  },
);

test("a list has one platform a line; blank lines and comments do not count", () => {
  expect(parsePlatformList("# supported\ndebian-11-bullseye\r\n\n  ubuntu-18.04-bionic  # LTS\n")).toEqual([
    "debian-11-bullseye",
    "ubuntu-18.04-bionic",
  ]);
});

test("a pattern finds a platform each time it is asked, whatever its flags", () => {
  const platforms = listedPlatforms({ pattern: /^macos-\d+$/gi, url: () => "https://example.org" });
  if (platforms.kind !== "listed") throw new Error("they are listed");
  expect([1, 2, 3].map(() => platforms.pattern.test("macOS-13"))).toEqual([true, true, true]);
});
