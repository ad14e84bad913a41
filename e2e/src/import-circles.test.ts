import { execFile } from "node:child_process";
import { cpSync, globSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");

/** A machine is made of states that are made of machines: recursion, not a circle to be cut. */
const recursion = ["machine", "parallel", "for-each-platform", "distributed-for-each-platform", "platform-items"].map(
  (name) => `packages/asl/src/states/${name}.ts`,
);

const rules = {
  root: true,
  linter: {
    rules: { preset: "none", suspicious: { noImportCycles: { level: "error", options: { ignoreTypes: false } } } },
  },
  overrides: [{ includes: recursion, linter: { rules: { suspicious: { noImportCycles: "off" } } } }],
};

let folder: string;

/** The sources alone: beside their dependencies the linter reads those, too, for many seconds. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-import-circles-"));
  const sources = globSync("{packages,pipelines,infra,e2e}/**/*.ts", {
    cwd: repository,
    exclude: (path) => /(^|\/)(node_modules|dist|cdktf\.out|golden)$/.test(path),
  });
  expect(sources.length).toBeGreaterThan(700);
  for (const path of sources) cpSync(join(repository, path), join(folder, path));
  await writeFile(join(folder, "biome.json"), JSON.stringify(rules));
});

afterAll(() => rm(folder, { recursive: true }));

/** The files, each with the line, whose imports lead back to them. */
async function circles(): Promise<string[]> {
  const biome = join(repository, "node_modules/.bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
  const { stdout } = await promisify(execFile)(biome, args, { cwd: folder, maxBuffer: 2 ** 26 }).catch(
    (failed: { stdout: string }) => failed,
  );
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
  };
  return diagnostics
    .filter(({ category }) => category === "lint/suspicious/noImportCycles")
    .map(({ location }) => `${location.path}:${location.start.line}`)
    .sort();
}

test("no source imports what leads back to it, not even for a type", async () => {
  expect(await circles()).toEqual([]);
});

test("a circle is seen: of values, of types alone, and by way of what is handed on", async () => {
  const files = {
    "a.ts": 'export * from "./b.ts";\nexport const a = 1;\n',
    "b.ts": 'export type { C } from "./c.ts";\n',
    "c.ts": 'import type { a } from "./a.ts";\nexport type C = typeof a;\n',
  };
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, "packages/asl/src", name), source);
  const seen = await circles();
  expect(seen).toEqual(expect.arrayContaining(Object.keys(files).map((name) => `packages/asl/src/${name}:1`)));
});
