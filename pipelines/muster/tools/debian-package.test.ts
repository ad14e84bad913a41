import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseControl } from "@muster/pipeline";
import { expect, test } from "vitest";
import {
  addCompressed,
  addFile,
  buildDeb,
  debFileName,
  debianArchitecture,
  type PackageDescription,
} from "./debian-package.ts";
import { runProgram } from "./run-program.ts";

const description: PackageDescription = {
  name: "hello",
  version: "1.2.3-1~bookworm",
  architecture: "amd64",
  maintainer: "Somebody <somebody@example.org>",
  homepage: undefined,
  depends: ["libc6 (>= 2.28)"],
  recommends: [],
  description: ["says hello", "And nothing else.", "", "Ever."],
};

const EPOCH = 1_700_000_000;

/** A folder of its own, removed at the end. */
async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "muster-deb-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function buildHello(folder: string): Promise<string> {
  const root = join(folder, "root");
  await addFile(root, "usr/bin/hello", "#!/bin/sh\necho hello\n", 0o755);
  await addCompressed(root, "usr/share/man/man1/hello.1", ".TH HELLO 1\n");
  await symlink("hello", join(root, "usr/bin/hi"));
  const file = join(folder, debFileName(description));
  await buildDeb({ root, description, epoch: EPOCH, file });
  return file;
}

test("a package unpacks to programs that run, and says of itself what it was told", async () => {
  await using folder = await temporaryFolder();
  const deb = await buildHello(folder.path);
  expect(deb).toMatch(/\/hello_1\.2\.3-1~bookworm_amd64\.deb$/);
  await runProgram("dpkg-deb", ["-x", deb, join(folder.path, "out")]);
  expect(await runProgram(join(folder.path, "out/usr/bin/hi"), [])).toBe("hello\n");
  const [control] = parseControl(await runProgram("dpkg-deb", ["--field", deb]));
  expect(Object.fromEntries(control ?? [])).toEqual({
    Package: "hello",
    Version: "1.2.3-1~bookworm",
    Architecture: "amd64",
    Maintainer: "Somebody <somebody@example.org>",
    "Installed-Size": "3",
    Depends: "libc6 (>= 2.28)",
    Section: "devel",
    Priority: "optional",
    Description: "says hello\nAnd nothing else.\n.\nEver.",
  });
});

test("all files belong to root and bear the given date; programs stay executable", async () => {
  await using folder = await temporaryFolder();
  const listing = await runProgram("dpkg-deb", ["--contents", await buildHello(folder.path)], { env: { TZ: "UTC" } });
  const lines = listing
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/));
  expect(lines.filter(([, owner]) => owner !== "root/root")).toEqual([]);
  expect(lines.find((line) => line[5] === "./usr/bin/hello")).toEqual([
    "-rwxr-xr-x",
    "root/root",
    "21",
    "2023-11-14",
    "22:13",
    "./usr/bin/hello",
  ]);
});

test("the same files give the same bytes, in any folder", async () => {
  await using one = await temporaryFolder();
  await using other = await temporaryFolder();
  const [first, second] = await Promise.all([one, other].map(async ({ path }) => readFile(await buildHello(path))));
  expect(first).toEqual(second);
});

test("the checksums in the package are those of its files", async () => {
  await using folder = await temporaryFolder();
  const deb = await buildHello(folder.path);
  await runProgram("dpkg-deb", ["-R", deb, join(folder.path, "raw")]);
  await runProgram("md5sum", ["--check", "--strict", "--quiet", "DEBIAN/md5sums"], { cwd: join(folder.path, "raw") });
});

test("an architecture without a Debian name is refused by name", () => {
  expect(debianArchitecture("arm64")).toBe("arm64");
  expect(() => debianArchitecture("mips")).toThrow("no Debian package is made on mips");
});
