import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkVersion, releaseVersion, writeVersion } from "./release-version.ts";

let repository: string;

beforeEach(async () => {
  repository = mkdtempSync(join(tmpdir(), "muster-version-"));
  for (const folder of ["packages/a", "infra", "packages/a/node_modules/b"])
    await mkdir(join(repository, folder), { recursive: true });
  manifest("package.json", "1.2.3");
  manifest("packages/a/package.json", "1.2.3");
  manifest("infra/package.json", "1.2.3");
  spawnSync("git", ["init", "--quiet"], { cwd: repository });
  spawnSync("git", ["add", "."], { cwd: repository });
  manifest("packages/a/node_modules/b/package.json", "9.9.9");
});
afterEach(() => rmSync(repository, { recursive: true }));

const manifest = (path: string, version: string) =>
  writeFileSync(
    join(repository, path),
    `${JSON.stringify({ name: "x", version, dependencies: { version: "0" } }, null, 2)}\n`,
  );

test("a tag releases the version that every tracked package has", async () => {
  expect(await releaseVersion("v1.2.3", repository)).toBe("1.2.3");
});

test("a tag of another version is refused, with each package that has another", async () => {
  manifest("infra/package.json", "1.2.2");
  await expect(releaseVersion("v1.2.3", repository)).rejects.toThrow(
    "the tag is v1.2.3, and other versions stand in infra/package.json (1.2.2)",
  );
  await expect(releaseVersion("v1.2.4", repository)).rejects.toThrow("package.json (1.2.3)");
});

test.each(["1.2.3", "v1.2", "v1.2.3-rc.1", "v01.2.3", "v1.2.3.4", "vlatest", ""])(
  "%o is no tag of a release",
  async (tag) => {
    await expect(releaseVersion(tag, repository)).rejects.toThrow(/no (tag|version) of a release/);
  },
);

test("writing a version changes each tracked manifest's own and nothing else", async () => {
  await writeVersion(checkVersion("2.0.0"), repository);
  expect(await releaseVersion("v2.0.0", repository)).toBe("2.0.0");
  const text = readFileSync(join(repository, "packages/a/package.json"), "utf8");
  expect(JSON.parse(text)).toEqual({ name: "x", version: "2.0.0", dependencies: { version: "0" } });
  expect(readFileSync(join(repository, "packages/a/node_modules/b/package.json"), "utf8")).toContain("9.9.9");
});
