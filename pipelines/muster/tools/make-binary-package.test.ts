import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CommandHelp } from "./command-help.ts";
import { runProgram } from "./run-program.ts";

/** The package that this checkout makes, unpacked. */
let folder: string;
let deb: string;
let unpacked: string;

const checkout = resolve(import.meta.dirname, "../../..");
const nothing = { PATH: "/usr/bin:/bin", NODE_OPTIONS: "" };

async function make(cwd: string): Promise<string> {
  await mkdir(cwd);
  const args = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "make-binary-package.ts")];
  await runProgram(process.execPath, args, { cwd, env: { VERSION: "1.2.3", DISTRO: "debian-12-bookworm" } });
  const [name = ""] = await readdir(join(cwd, "out"));
  return join(cwd, "out", name);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-package-"));
  deb = await make(join(folder, "first"));
  unpacked = join(folder, "unpacked");
  await runProgram("dpkg-deb", ["-x", deb, unpacked]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const muster = (...args: string[]): Promise<string> =>
  runProgram(join(unpacked, "usr/bin/muster"), args, { cwd: folder, env: nothing });

async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("the unpacked command runs from any folder, on its own Node, and lists the steps of the pipelines within", async () => {
  expect(await muster("--version")).toBe("1.2.3\n");
  expect(await muster("help", "build", "--pipeline", "muster")).toContain("MakeBinaryPackage");
  expect(await muster("help", "build", "--pipeline", "hhvm")).toContain("hhvm");
});

test("a user's own pipeline imports @muster/pipeline without installing it, and gets the command's copy", async () => {
  await writeFile(
    join(folder, "pipeline.ts"),
    'import { definePipeline, forEachVersion, fixedPlatforms } from "@muster/pipeline";\n' +
      "export default definePipeline({ name: 'Broken Name', summary: '', platforms: fixedPlatforms(), flow: forEachVersion(), " +
      "image: '/x', dummyScript: 'x', invalidates: [] });\n",
  );
  expect(await muster("help", "build", "--pipeline", "pipeline.ts")).toContain(
    'the name "Broken Name" must be lower-case letters',
  );
});

test("no file of the package knows where it was made", async () => {
  const programs = (await filesOf(unpacked)).filter((file) => !file.endsWith("/lib/muster/node"));
  for (const file of programs) {
    const text = await readFile(file, "latin1");
    expect(text.includes(checkout) || text.includes(folder), file).toBe(false);
  }
});

test("the same sources give the same package", async () => {
  const second = await make(join(folder, "second"));
  expect((await readFile(second)).equals(await readFile(deb))).toBe(true);
});

test("the manual page names every command and option", async () => {
  const share = join(unpacked, "usr/share");
  const help = JSON.parse(await muster("help", "--json")) as CommandHelp;
  const manual = gunzipSync(await readFile(join(share, "man/man1/muster.1.gz"))).toString();
  expect(help.commands.map(({ name }) => name)).toContain("build");
  for (const { name, options } of help.commands) {
    expect(manual).toContain(`.SS muster ${name.replaceAll("-", "\\-")}`);
    for (const { name: option } of options) expect(manual).toContain(option.replaceAll("-", "\\-"));
  }
});

test("each shell's completions are the command's own, where Debian's package of the shell looks for them", async () => {
  const paths = {
    bash: "bash-completion/completions/muster",
    zsh: "zsh/vendor-completions/_muster",
    fish: "fish/vendor_completions.d/muster.fish",
  };
  for (const [shell, path] of Object.entries(paths)) {
    const script = await readFile(join(unpacked, "usr/share", path), "utf8");
    expect(script).toContain("completion words --");
    expect(script).toBe(await muster("completion", shell));
  }
});

test("the copyright file passes on Node's terms and those of every bundled package", async () => {
  const copyright = await readFile(join(unpacked, "usr/share/doc/muster/copyright"), "utf8");
  expect(copyright).toContain("Copyright Node.js contributors");
  expect(copyright).toMatch(/^ @aws-sdk\/client-s3 [\d.]+: Apache-2\.0$/m);
  expect(copyright).toMatch(/^License: zod-[\d.]+$/m);
});

/** Lintian reads Node's 120 MB for half a minute of CPU, and what it finds there is overridden: `pnpm --filter e2e shipped` has it read all of it. */
async function withAnotherProgramForNode(): Promise<string> {
  const root = join(folder, "linted");
  const node = "usr/lib/muster/node";
  await runProgram("dpkg-deb", ["-R", deb, root]);
  await copyFile("/bin/true", join(root, node));
  const md5 = createHash("md5")
    .update(await readFile("/bin/true"))
    .digest("hex");
  const sums = join(root, "DEBIAN/md5sums");
  await writeFile(sums, (await readFile(sums, "utf8")).replace(new RegExp(`^.*  ${node}$`, "m"), `${md5}  ${node}`));
  const linted = join(folder, "linted.deb");
  await runProgram("dpkg-deb", ["--build", "--root-owner-group", "-Zgzip", "-z1", root, linted]);
  return linted;
}

test("lintian finds no error in what surrounds Node, nor anything to warn of", async ({ skip }) => {
  if (spawnSync("lintian", ["--version"]).error !== undefined) return skip("lintian is not here");
  const linted = await withAnotherProgramForNode();
  const { status, stdout } = spawnSync("lintian", ["--fail-on", "error,warning", linted], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
