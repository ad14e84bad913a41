import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { functionNames } from "@muster/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stage, usual } from "../testing/sample-stages.ts";
import { recordSources } from "./built-from.ts";
import { bundleMissing } from "./bundle.ts";
import { agentBundle, functionsBundle } from "./bundle-folders.ts";
import { type Project, projectIn } from "./project.ts";

const repository = join(import.meta.dirname, "../..");
const stages = [stage("prod", usual("muster"))];

let folder: string;
let project: Project;
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "muster-bundle-"));
  project = { ...projectIn(folder), folder: repository };
  // The agent's archives have a Node in them, which comes from npm's registry: here they are built already.
  write(join(project.bundles.agents, "muster-agent-linux-x86_64.tar.gz"));
  recordSources(agentBundle(project.bundles), []);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text = "built") => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

async function made(): Promise<string[]> {
  const lines: string[] = [];
  await bundleMissing(project, stages, (line) => lines.push(line));
  return lines.map((line) => /(\w+)\/index\.mjs$/.exec(line)?.[1] ?? line);
}

test("a synthesis makes the bundles that it lacks, or that are older than their sources, and no other", async () => {
  expect(await made()).toEqual([...functionNames]);
  expect(await made()).toEqual([]);
  const source = join(folder, "source.ts");
  write(source);
  recordSources(functionsBundle("muster", project.bundles), [source]);
  expect(await made()).toEqual([]);
  write(source, "changed");
  expect(await made()).toEqual([...functionNames]);
});

test("a bundle that was not made to its end is made again", async () => {
  const functions = functionsBundle("muster", project.bundles);
  for (const name of functionNames) write(join(functions.folder, name, "index.mjs"));
  expect(await made()).toEqual([...functionNames]);
});
