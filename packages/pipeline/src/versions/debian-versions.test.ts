import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { randomPicks } from "../../testing/random-picks.ts";
import { debianVersions } from "./debian-versions.ts";
import { debianVersion, rpmVersion } from "./package-version.ts";

const scheme = debianVersions();

test.each([
  ["2.10", "2.10"],
  ["2.10-3", "2.10-3"],
  ["1:2.4", "1:2.4"],
  ["0:2.4", "2.4"],
  ["01:2.4~rc1-1", "1:2.4~rc1-1"],
  ["2.10-rc1-3+deb12u1", "2.10-rc1-3+deb12u1"],
])("%s is the version %s", (word, version) => {
  expect(scheme.parse(word)).toBe(version);
});

test.each(["v2.10", "2.10-", "-1", ":1", "a:1", "1:", "2_10", "2.10/3", "1:2:3", ""])("%j is none", (word) => {
  expect(scheme.parse(word)).toBeUndefined();
});

test("what a package is called is the version itself, and rpm gets its parts", () => {
  expect(debianVersion(scheme, "1:2.4~rc1-3")).toBe("1:2.4~rc1-3");
  expect(debianVersion(scheme, "2.10")).toBe("2.10");
  expect(rpmVersion(scheme, "1:2.4~rc1-3")).toEqual({ epoch: "1", version: "2.4~rc1", release: "3" });
  expect(rpmVersion(scheme, "2.10")).toEqual({ version: "2.10", release: "1" });
});

test("a pre-release has its tilde before the revision; there are no nightlies", () => {
  expect(["2.10-3", "2.10~rc1-1", "2.10-3~bpo12+1"].map(scheme.isRelease)).toEqual([true, false, true]);
  expect(scheme.nightlyOf).toBeUndefined();
});

const hasDpkg = spawnSync("dpkg", ["--version"]).status === 0;

test.skipIf(!hasDpkg)(
  "what dpkg takes is a version, and is ordered as it says",
  () => {
    const { pick, text } = randomPicks(7);
    const pieces = ["0", "1", "09", "10", ".", "~", "+", "a", "rc", "-", "-"];
    const word = () =>
      `${pick(["", "", "1:", "0:", "x:"])}${pick(["0", "1", "a"])}${text(pieces, 6)}${pick(["", "-1", "-0"])}`;
    const sameAge = ["1.0", "1.0-0"] as const;
    const pairs = [sameAge, ...Array.from({ length: 250 }, () => [word(), word()] as const)];
    const script = pairs
      .map(
        ([a, b]) =>
          `dpkg --validate-version '${a}' 2>/dev/null && dpkg --validate-version '${b}' 2>/dev/null && { dpkg --compare-versions '${a}' lt '${b}' && echo -1 || { dpkg --compare-versions '${a}' eq '${b}' && echo 0 || echo 1; }; } || echo none`,
      )
      .join("\n");
    const answers = execFileSync("sh", { input: script, encoding: "utf8" }).trim().split("\n");
    const ours = pairs.map(([a, b]) => {
      const [first, second] = [scheme.parse(a), scheme.parse(b)];
      return first === undefined || second === undefined ? "none" : String(Math.sign(scheme.compare(first, second)));
    });
    const differing = pairs.flatMap((pair, index) =>
      ours[index] === answers[index] ? [] : [[...pair, answers[index]]],
    );
    expect(differing).toEqual([]);
    expect(new Set(answers)).toEqual(new Set(["-1", "0", "1", "none"]));
  },
  60_000,
);
