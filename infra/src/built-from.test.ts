import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentBundle, type Bundle, checkSources, functionsBundle, recordSources, sourcesDigest } from "./built-from.ts";

let repository: string;
const write = (path: string, content: string) => {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), content);
};
const folders = () => ({ functions: join(repository, "dist/functions"), agents: join(repository, "dist/agents") });

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "muster-built-from-"));
  write("pnpm-lock.yaml", "1");
  for (const name of ["lambdas", "worker-agent"]) {
    const dependencies = { "@muster/pipeline": "workspace:*", zod: "^4.0.0" };
    write(`packages/${name}/package.json`, JSON.stringify({ dependencies }));
    write(`packages/${name}/src/index.ts`, name);
    write(`packages/${name}/src/index.test.ts`, name);
  }
  write("packages/pipeline/package.json", "{}");
  write("packages/pipeline/src/deep/words.ts", "words");
  write("packages/local/package.json", "{}");
  write("packages/local/src/index.ts", "local");
  write("pipelines/one/pipeline.ts", "one");
  write("pipelines/one/scripts/build.sh", "true");
  write("pipelines/other/pipeline.ts", "other");
  write("dist/functions/one/ParseInput/index.mjs", "bundle");
  write("dist/agents/archive.tar.gz", "bundle");
});
afterEach(() => rmSync(repository, { recursive: true }));

const build = (bundle: Bundle) => recordSources(bundle, sourcesDigest(bundle, repository));
const builtFunctions = () => {
  const bundle = functionsBundle("one", folders());
  build(bundle);
  return bundle;
};
const stale = expect.objectContaining({
  message: "the bundle of one's functions is older than its sources",
  hint: "pnpm --filter infra bundle",
});

test.each([
  ["its package's source", "packages/lambdas/src/index.ts"],
  ["the source of a package that it depends on", "packages/pipeline/src/deep/words.ts"],
  ["a new file", "packages/pipeline/src/new.ts"],
  ["its pipeline", "pipelines/one/pipeline.ts"],
  ["a library", "pnpm-lock.yaml"],
])("functions that were bundled before a change of %s are refused in one line", (_, path) => {
  const bundle = builtFunctions();
  expect(() => checkSources(bundle, repository)).not.toThrow();
  write(path, "changed");
  expect(() => checkSources(bundle, repository)).toThrow(stale);
  build(bundle);
  expect(() => checkSources(bundle, repository)).not.toThrow();
});

test.each([
  ["a test", "packages/lambdas/src/index.test.ts"],
  ["a script, which is deployed as it is", "pipelines/one/scripts/build.sh"],
  ["a package that is not bundled", "packages/local/src/index.ts"],
  ["another pipeline", "pipelines/other/pipeline.ts"],
  ["the agent", "packages/worker-agent/src/index.ts"],
])("functions stay current through a change of %s", (_, path) => {
  const bundle = builtFunctions();
  write(path, "changed");
  expect(() => checkSources(bundle, repository)).not.toThrow();
});

test("an agent of whose sources nothing is known is refused; one that is not there is for the synthesis to name", () => {
  const bundle = agentBundle(folders());
  expect(() => checkSources(bundle, repository)).toThrow("the bundle of the worker agent is older than its sources");
  rmSync(bundle.folder, { recursive: true });
  expect(() => checkSources(bundle, repository)).not.toThrow();
});
