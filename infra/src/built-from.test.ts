import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkSources, recordSources } from "./built-from.ts";
import { agentBundle, functionsBundle } from "./bundle-folders.ts";

let project: string;
const write = (path: string, content: string) => {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
};
const folders = () => ({ functions: join(project, "built/functions"), agents: join(project, "built/agents") });

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "muster-built-from-"));
  write("package-lock.json", "1");
  write("pipeline.ts", "pipeline");
  write("deep/words.ts", "words");
  write("node_modules/library/index.js", "library");
  write("scripts/build.sh", "true");
  write("built/functions/pipeline-ts/ParseInput/index.mjs", "bundle");
  write("built/agents/archive.tar.gz", "bundle");
});
afterEach(() => rmSync(project, { recursive: true }));

const builtFunctions = () => {
  const bundle = functionsBundle("pipeline.ts", folders());
  const inputs = ["pipeline.ts", "deep/words.ts", "node_modules/library/index.js"].map((path) => join(project, path));
  recordSources(bundle, inputs);
  return bundle;
};
const stale = expect.objectContaining({
  message: "the bundle of pipeline.ts's functions is older than its sources",
  hint: "pnpm --filter infra bundle",
});

test.each([
  ["its pipeline", "pipeline.ts"],
  ["what that imports", "deep/words.ts"],
  ["a library", "package-lock.json"],
])("functions that were bundled before a change of %s are refused in one line", (_, path) => {
  const bundle = builtFunctions();
  expect(() => checkSources(bundle)).not.toThrow();
  write(path, "changed");
  expect(() => checkSources(bundle)).toThrow(stale);
  builtFunctions();
  expect(() => checkSources(bundle)).not.toThrow();
  rmSync(join(project, path));
  expect(() => checkSources(bundle)).toThrow(stale);
});

test.each([
  ["what is not in them", "scripts/build.sh"],
  ["a library's file, of which the lock tells", "node_modules/library/index.js"],
])("functions stay current through a change of %s", (_, path) => {
  const bundle = builtFunctions();
  write(path, "changed");
  expect(() => checkSources(bundle)).not.toThrow();
});

test("an agent of whose sources nothing is known is refused; one that is not there is for the synthesis to name", () => {
  const bundle = agentBundle(folders());
  expect(() => checkSources(bundle)).toThrow("the bundle of the worker agent is older than its sources");
  rmSync(bundle.folder, { recursive: true });
  expect(() => checkSources(bundle)).not.toThrow();
});

test("an agent that came as it is depends on the lock alone", () => {
  const bundle = agentBundle(folders());
  recordSources(bundle, [join(project, "node_modules/@muster/infra/dist/agent/agent.mjs")]);
  expect(() => checkSources(bundle)).not.toThrow();
  write("package-lock.json", "2");
  expect(() => checkSources(bundle)).toThrow("the bundle of the worker agent is older than its sources");
  rmSync(join(project, "package-lock.json"));
  recordSources(bundle, []);
  expect(() => checkSources(bundle)).not.toThrow();
});
