import { expect, test } from "vitest";
import { keyPartOf, pathOfKey } from "./object-path.ts";

/** The key that a walk through folders to this path makes. */
function keyOf(path: string): string {
  const names = path.split("/");
  return names.map((name, index) => keyPartOf(name, index < names.length - 1)).join("");
}

const KEYS = [
  "a",
  "pool/main/m/muster_1.0-1~bookworm_amd64.deb",
  "a//b",
  "/a",
  "a/",
  "//",
  ".",
  "..",
  "a/../../b",
  "...",
  "100%",
  "%",
  "%25",
  "%=",
  "%+",
  "a%=/b%+",
  "nul\0nul",
  "ä ö\n\t\"'\\*?",
  `${"é".repeat(300)}/${"x".repeat(400)}`,
  "%".repeat(300),
  "😀".repeat(120),
];

test.each(KEYS)("%j comes back from its path", (key) => {
  expect(keyOf(pathOfKey(key))).toBe(key);
});

test("no two keys share a path, and no path leaves its folder or has too long a name", () => {
  const paths = KEYS.map(pathOfKey);
  expect(new Set(paths).size).toBe(KEYS.length);
  for (const name of paths.flatMap((path) => path.split("/"))) {
    expect(["", ".", ".."]).not.toContain(name);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  }
});

test("ordinary keys are their own paths", () => {
  expect(pathOfKey("debian/dists/bookworm/InRelease")).toBe("debian/dists/bookworm/InRelease");
});
