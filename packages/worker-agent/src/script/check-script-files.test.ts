import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { activity, definePipeline, fixedPlatforms, forEachVersion } from "@muster/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkScriptFiles } from "./check-script-files.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-scripts-"));
  await write("dummy.sh", "#!/bin/sh\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string | Buffer, mode = 0o755): Promise<void> {
  await writeFile(join(folder, path), text);
  await chmod(join(folder, path), mode);
}

const pipelineOf = (scripts: { script: string; init?: string; afterTask?: string }) =>
  definePipeline({
    name: "mine",
    summary: "Mine",
    platforms: fixedPlatforms("debian-12-bookworm"),
    flow: forEachVersion(
      activity({ name: "Make", per: "version", timeout: 600, worker: { instanceTypes: ["t3.micro"] }, ...scripts }),
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });

/** What is found in one script. */
async function faultsOf(text: string | Buffer, mode?: number) {
  await write("make.sh", text, mode);
  const { faults } = await checkScriptFiles(pipelineOf({ script: "make.sh" }), { folder });
  return faults.map(({ file, ...finding }) => ({ ...finding, file: file.replace(`${folder}/`, "") }));
}

test("a script that can run has no fault", async () => {
  expect(await faultsOf("#!/bin/bash\nset -e\necho $VERSION\n")).toEqual([]);
  expect(await faultsOf("#!/usr/bin/env -S python3 -u\nprint(")).toEqual([]);
});

test("a script without an interpreter is told its first line", async () => {
  expect(await faultsOf("echo hello\n")).toEqual([
    {
      file: "make.sh",
      line: 1,
      message: "its first line names no interpreter",
      hint: expect.stringContaining("#!/bin/bash"),
    },
  ]);
  expect(await faultsOf("#!/usr/bin/env\n")).toMatchObject([{ message: "its first line names no interpreter" }]);
});

test("an interpreter that the kernel would look for in the task's folder is refused", async () => {
  expect(await faultsOf("#!bash\n")).toMatchObject([
    { line: 1, message: 'its interpreter "bash" is no absolute path', hint: "write #!/usr/bin/env bash" },
  ]);
});

test("a script that may not be executed is told how it may", async () => {
  expect(await faultsOf("#!/bin/bash\n", 0o644)).toEqual([
    { file: "make.sh", message: "it is not executable", hint: `chmod +x ${join(folder, "make.sh")}` },
  ]);
});

test("the first line that ends in CRLF is named", async () => {
  expect(await faultsOf("#!/bin/bash\necho a\r\necho b\r\n")).toMatchObject([
    { line: 2, message: "a line ends in CRLF", hint: expect.stringContaining("eol=lf") },
  ]);
});

test.each(["bash", "sh", "dash"])("what %s cannot read is named with its line", async (shell) => {
  expect(await faultsOf(`#!/usr/bin/env ${shell}\necho a\nfi\n`)).toEqual([
    {
      file: "make.sh",
      line: 3,
      message: expect.stringMatching(new RegExp(`^${shell} cannot read it: [Ss]yntax error`)),
    },
  ]);
});

test("a compiled program needs no interpreter", async () => {
  expect(await faultsOf(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]))).toEqual([]);
});

test("an init is sourced: it needs neither an interpreter nor to be executable, but bash must read it", async () => {
  await write("make.sh", "#!/bin/bash\n");
  await write("init.sh", "export ANSWER=42\n", 0o644);
  const pipeline = pipelineOf({ script: "make.sh", init: "init.sh" });
  expect((await checkScriptFiles(pipeline, { folder })).faults).toEqual([]);
  await write("init.sh", "cleanup() {\n", 0o644);
  expect((await checkScriptFiles(pipeline, { folder })).faults).toMatchObject([{ file: join(folder, "init.sh") }]);
});

test("a script of another package is looked at where its URL says", async () => {
  await write("theirs.sh", "echo\n");
  const pipeline = pipelineOf({ script: pathToFileURL(join(folder, "theirs.sh")).href });
  const { faults } = await checkScriptFiles(pipeline, { folder });
  expect(faults).toEqual([expect.objectContaining({ file: join(folder, "theirs.sh"), line: 1 })]);
});

test("a script that several steps name is looked at once; the dummy script and after-task scripts are too", async () => {
  await write("make.sh", "true");
  await write("dummy.sh", "true");
  const { faults } = await checkScriptFiles(pipelineOf({ script: "make.sh", afterTask: "make.sh" }), { folder });
  expect(faults.map(({ file }) => file)).toEqual([join(folder, "make.sh"), join(folder, "dummy.sh")]);
});
