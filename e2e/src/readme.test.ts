import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorkspace } from "./workspace.ts";

const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");

test("the pipeline that the README shows can be loaded and becomes a state machine", async () => {
  await using workspace = await createWorkspace();
  const [, definition = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  await workspace.write("pipeline.ts", definition);
  for (const script of ["compile", "publish", "dummy"]) await workspace.write(`scripts/${script}.sh`, "#!/bin/bash\n");
  const { stdout, stderr, exitCode } = await workspace.muster("asl", "--pipeline", "./pipeline.ts");
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ Comment: "Tarballs for two platforms", StartAt: "ParseInput" });
});

test("the commands and options that the README shows are those that there are", async () => {
  await using workspace = await createWorkspace({ MUSTER_PIPELINE: "muster" });
  const { stdout: help } = await workspace.muster("help");
  const table = readme.split("\n").filter((line) => /^\| `\w/.test(line));
  const shown = table.flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([\w-]+)/g)].map(([, name]) => name));
  expect(shown).toContain("build");
  for (const command of shown) expect(help).toMatch(new RegExp(`^ {2}${command} `, "m"));
  const { stdout: ofBuild } = await workspace.muster("help", "build");
  const options = ofBuild.match(/--[\w-]+/g) ?? [];
  const [, shownOptions = ""] = /^Options of a build: (.*?)\n\n/ms.exec(readme) ?? [];
  for (const [option] of shownOptions.matchAll(/--[\w-]+/g)) expect(options).toContain(option);
});
