import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { loadPipeline } from "./load-pipeline.ts";

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "muster-load-pipeline-"));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(cwd, path, ".."), { recursive: true });
  await writeFile(join(cwd, path), text);
}

const definition = (script = "make.sh") => `
  import { activity, definePipeline, fixedPlatforms, forEachVersion } from "@muster/pipeline";
  const Make = activity({ name: "Make", per: "version", script: "${script}", timeout: 600, worker: { instanceTypes: ["t3.micro"] } });
  export default definePipeline({
    name: "mine", summary: "Mine", platforms: fixedPlatforms("debian-12-bookworm"), flow: forEachVersion(Make),
    image: "/image", dummyScript: "make.sh", invalidates: [],
  });`;

test("a file anywhere on the disk may define a pipeline without installing anything", async () => {
  await write("mine/pipeline.ts", definition());
  await write("mine/make.sh", "#!/bin/sh\n");
  const { pipeline, folder } = await loadPipeline("mine/pipeline.ts", { cwd });
  expect(pipeline.name).toBe("mine");
  expect(folder).toBe(join(cwd, "mine"));
});

test("a name is looked for above the working directory, then beside the program", async () => {
  await write("pipelines/ours/pipeline.ts", definition("./make.sh"));
  await write("pipelines/ours/make.sh", "");
  await mkdir(join(cwd, "deep/down"), { recursive: true });
  const ours = await loadPipeline("ours", { cwd: join(cwd, "deep/down") });
  expect(ours.file).toBe(join(cwd, "pipelines/ours/pipeline.ts"));
  const shipped = await loadPipeline("muster", { cwd });
  expect(shipped.pipeline.name).toBe("muster");
});

test("a script may be another package's, by its file: URL; one that is not there is named by it", async () => {
  const theirs = (name: string) => pathToFileURL(join(cwd, "a package", name)).href;
  await write("a package/theirs.sh", "#!/bin/sh\n");
  await write("urls/pipeline.ts", definition(theirs("theirs.sh")));
  await write("urls/make.sh", "#!/bin/sh\n");
  const { pipeline } = await loadPipeline("urls/pipeline.ts", { cwd });
  expect(pipeline.activities[0]?.script).toBe(theirs("theirs.sh"));
  await write("urls/gone.ts", definition(theirs("gone.sh")));
  await expect(loadPipeline("urls/gone.ts", { cwd })).rejects.toThrow(
    `urls/gone.ts: Make: script "${theirs("gone.sh")}" does not exist`,
  );
});

test("where none is named it is the nearest pipeline.ts, here or above", async () => {
  await write("repository/pipeline.ts", definition());
  await write("repository/make.sh", "#!/bin/sh\n");
  await mkdir(join(cwd, "repository/deep/down"), { recursive: true });
  for (const folder of ["repository", "repository/deep/down"]) {
    const { file } = await loadPipeline(undefined, { cwd: join(cwd, folder) });
    expect(file).toBe(join(cwd, "repository/pipeline.ts"));
  }
});

test("only in Muster's own checkout it is Muster's own release", async () => {
  const { pipeline } = await loadPipeline(undefined, { cwd: import.meta.dirname });
  expect(pipeline.name).toBe("muster");
  const elsewhere = await mkdtemp(join(tmpdir(), "muster-no-pipeline-"));
  onTestFinished(() => rm(elsewhere, { recursive: true }));
  await expect(loadPipeline(undefined, { cwd: elsewhere })).rejects.toMatchObject({
    message: "there is no pipeline.ts here or in a folder above",
    hint: "`muster init` writes one; --pipeline names one that lies elsewhere",
  });
  await mkdir(join(elsewhere, "pipelines/ours"), { recursive: true });
  await expect(loadPipeline(undefined, { cwd: elsewhere })).rejects.toMatchObject({
    hint: "name one of pipelines/ with --pipeline, such as --pipeline ours",
  });
});

test("an unknown name is answered with the nearest one", async () => {
  await expect(loadPipeline("mustre", { cwd })).rejects.toMatchObject({
    message: 'there is no pipeline "mustre"',
    hint: "did you mean muster?",
  });
});

test("a file that is not there is named", async () => {
  await expect(loadPipeline("no/pipeline.ts", { cwd })).rejects.toThrow("there is no pipeline file no/pipeline.ts");
});

test("a syntax error names the file", async () => {
  await write("syntax/pipeline.ts", "export default {{{");
  await expect(loadPipeline("syntax/pipeline.ts", { cwd })).rejects.toMatchObject({
    name: "Muster.InvalidPipeline",
    message: expect.stringMatching(/^syntax\/pipeline\.ts(:\d+)?: \S/),
  });
});

test("an error names its line in the definition, and no line of any other file", async () => {
  await write("throws/pipeline.ts", "\n\nthrow new Error('boom');");
  await expect(loadPipeline("throws/pipeline.ts", { cwd })).rejects.toThrow(/^throws\/pipeline\.ts:3: boom$/);
  await write("imports/pipeline.ts", 'import "not-installed";');
  await expect(loadPipeline("imports/pipeline.ts", { cwd })).rejects.toThrow(
    "imports/pipeline.ts imports not-installed, which is not installed",
  );
});

test("a folder is answered with the file that it may hold", async () => {
  await mkdir(join(cwd, "folder"), { recursive: true });
  await expect(loadPipeline("./folder", { cwd })).rejects.toMatchObject({
    message: "./folder is a folder",
    hint: "--pipeline takes a name or a file: folder/pipeline.ts",
  });
});

test("a file without a pipeline is told how to have one", async () => {
  await write("empty/pipeline.ts", "export const nothing = 1;");
  await expect(loadPipeline("empty/pipeline.ts", { cwd })).rejects.toThrow(
    "empty/pipeline.ts: it exports no pipeline: export default definePipeline({ … })",
  );
});

test("every missing script is named with its activity and the file", async () => {
  await write("missing/pipeline.ts", definition("gone.sh"));
  await expect(loadPipeline("missing/pipeline.ts", { cwd })).rejects.toThrow(
    'missing/pipeline.ts: Make: script "gone.sh" does not exist; mine: dummyScript "make.sh" does not exist',
  );
});

test("a definition that cannot work names the file and all that is wrong", async () => {
  await write("wrong/pipeline.ts", definition().replace("timeout: 600", "timeout: 5").replace('"mine"', '"Mine!"'));
  await expect(loadPipeline("wrong/pipeline.ts", { cwd })).rejects.toThrow(
    /^wrong\/pipeline\.ts: the name "Mine!" must be .*; Make: timeout must be/,
  );
});
