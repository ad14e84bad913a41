import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const readme = await readFile(join(import.meta.dirname, "../../docs/pipelines.md"), "utf8");
const [, section = ""] = /^## Inputs of a build$(.*?)^## /ms.exec(readme) ?? [];
const [, definition = ""] = /```ts\n(.*?)```/s.exec(section) ?? [];
const PIPELINE = ["--pipeline", "./pipeline.ts"];
const SAID = ["--input", "ticket=REL-7", "--input", "target=production", "--input", "notes=it's *new*, and blank"];

const script = (...lines: string[]) => ["#!/bin/bash", "set -euo pipefail", ...lines, ""].join("\n");

let workspace: Workspace;
let built: Outcome;

// One build of the pipeline that the reference shows serves the promises below.
beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.write("pipeline.ts", definition);
  await workspace.write("release.sh", script("env | grep ^INPUT_ | sort"), { executable: true });
  await workspace.write("dummy.sh", script("true"), { executable: true });
  built = await workspace.muster("build", "1.2.3", ...SAID, ...PIPELINE, "--time-scale", "100");
});
afterAll(() => workspace[Symbol.asyncDispose]());

test("scripts get what a build was told, character by character, and the defaults of the rest", async () => {
  expect(built.exitCode, built.stderr).toBe(0);
  expect(built.stderr).toMatch(/^build 1\.2\.3_tester_/m);
  const { stdout } = await workspace.muster("logs", "Release-1.2.3", ...PIPELINE);
  expect(stdout.split("\n").flatMap((line) => /INPUT_.*/.exec(line) ?? [])).toEqual([
    "INPUT_ANNOUNCE=false",
    "INPUT_NOTES=it's *new*, and blank",
    "INPUT_ROLLOUT=100",
    "INPUT_TARGET=production",
    "INPUT_TICKET=REL-7",
  ]);
});

test("status and plan show the inputs, and help what there is to say", async () => {
  const { stdout: status } = await workspace.muster("status", ...PIPELINE);
  expect(status).toContain(
    "inputs: target=production, notes=it's *new*, and blank, ticket=REL-7, announce=false, rollout=100\n",
  );
  const { stdout: plan } = await workspace.muster("build", "--plan", "1.2.3", "--input", "ticket=REL-8", ...PIPELINE);
  expect(plan).toMatch(/^inputs: target=staging, notes=, ticket=REL-8, announce=false, rollout=100$/m);
  expect(plan).toMatch(/^skip +Release +1\.2\.3 +nobody is to be told$/m);
  const { stdout: help } = await workspace.muster("help", "build", ...PIPELINE);
  expect(help).toMatch(/^ {2}--input target=<staging\|production> +Where the release goes \(default: "staging"\)$/m);
  expect(help).toMatch(/^ {2}--input ticket=<REL-\\d\+> +Whose release it is \(needed\)$/m);
});

test.each<[string[], string]>([
  [[], "the input ticket has no value: Whose release it is (say --input ticket=<REL-\\d+>)"],
  [["--input", "tickt=REL-7"], 'there is no input "tickt" (did you mean ticket?)'],
  [
    ["--input", "ticket=REL-7", "--input", "rollout=101"],
    'the input rollout cannot be "101" (it is a whole number, 1 to 100)',
  ],
  [["--input", "ticket"], "--input ticket says no value (say --input name=value)"],
])("%j is refused in one line, before anything starts", async (said, line) => {
  const refused = await workspace.muster("build", "1.2.4", ...said, ...PIPELINE);
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(refused.stderr.replaceAll(/[()]/g, "")).toContain(line.replaceAll(/[()]/g, ""));
});
