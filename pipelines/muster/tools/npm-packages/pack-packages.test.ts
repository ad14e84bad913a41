import { resolve } from "node:path";
import { expect, test } from "vitest";
import { publicPackages, repositoryAddress, tarballName, tarballNames } from "./pack-packages.ts";
import { publishedReadme } from "./published-readme.ts";

const tree = resolve(import.meta.dirname, "../../../..");

test("every package that is not private is packed, and no pipeline is", async () => {
  const folders = (await publicPackages(tree)).map(({ directory }) => directory);
  expect(folders).toEqual(expect.arrayContaining(["infra", "packages/cli", "packages/pipeline"]));
  expect(folders.filter((each) => each.startsWith("pipelines/"))).toEqual([]);
  const [{ version = "" } = {}] = (await publicPackages(tree)).map(({ source }) => source);
  expect(await tarballNames(tree)).toEqual(
    expect.arrayContaining([`muster-${version}.tgz`, `muster-infra-${version}.tgz`]),
  );
});

test("a tarball is named as npm names it", () => {
  expect(tarballName({ name: "@muster/pipeline", version: "1.2.3" })).toBe("muster-pipeline-1.2.3.tgz");
  expect(tarballName({ name: "muster", version: "1.2.3" })).toBe("muster-1.2.3.tgz");
});

test.each([
  "https://github.com/o/r",
  "https://github.com/o/r.git",
  "git+https://github.com/o/r.git",
  "https://github.com/o/r/",
])("%s is a repository's address", (text) => expect(repositoryAddress(text)).toBe("https://github.com/o/r"));

test.each(["", "o/r", "https://github.com/o", "git@github.com:o/r.git"])("%j is none", (text) => {
  expect(() => repositoryAddress(text)).toThrow(`"${text}" is no address of a repository`);
});

test("what a README links to in the repository is linked by address, at the version's tag", () => {
  const origin = { repository: "https://github.com/o/r", directory: "packages/x" };
  const text = "[a](../y/README.md) [b](#part) [c](https://example.org/) [d](src/a.ts#L1)";
  expect(publishedReadme(text, { origin, version: "1.2.3" })).toBe(
    "[a](https://github.com/o/r/blob/v1.2.3/packages/y/README.md) [b](#part) [c](https://example.org/) [d](https://github.com/o/r/blob/v1.2.3/packages/x/src/a.ts#L1)",
  );
});
