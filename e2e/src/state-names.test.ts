import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixedStateNames, mapState } from "@muster/pipeline";
import { expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");

const vocabulary = "packages/pipeline/src/state-names.ts";

/** Sources: what runs, not what tries it. `packages/local` knows nothing of Muster; what it runs in its examples binds nobody. */
const sources = globSync("{packages,pipelines,infra}/**/*.ts", {
  cwd: repository,
  exclude: (path) => /(^|\/)(node_modules|dist|cdktf\.out|golden|test|testing|bench|soak|crash-test)$/.test(path),
}).filter((path) => !/\.test\.ts$|^packages\/local\//.test(path) && path !== vocabulary);

/** Tables of functions, which are named after the states that call them: the compiler holds their keys to that. */
const functionTables = new Set([
  "packages/lambdas/src/handlers.ts",
  "infra/src/orchestration/function-permissions.ts",
  "infra/src/orchestration/functions.ts",
]);

const names = [...new Set([...fixedStateNames, ...Object.values(mapState)])].join("|");
/** A name alone in quotation marks, or the beginning from which one is made or told. */
const SPELT = new RegExp(`(["'\`])(?:(?:${names})\\1|(?:PrepareTo|Should|ForEach)(?:\\1|\\$\\{))`);
/** `results.ForEachVersion`, and `ParseInput: …` of a definition. */
const MEMBER = new RegExp(`\\.(?:${names})\\b`);
const KEY = new RegExp(`^\\s*(?:${names}):`);

const withoutComments = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g, "");

function spellings(path: string, source: string): string[] {
  const patterns = functionTables.has(path) ? [SPELT, MEMBER] : [SPELT, MEMBER, KEY];
  return withoutComments(source)
    .split("\n")
    .filter((line) => patterns.some((pattern) => pattern.test(line)))
    .map((line) => `${path}: ${line.trim()}`);
}

test("no source spells the name of a state: all have it from the vocabulary that makes and reads names", () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.flatMap((path) => spellings(path, readFileSync(join(repository, path), "utf8")))).toEqual([]);
});

test.each([
  'if (place.name === "CheckForFailures") return;',
  'place.name.startsWith("PrepareTo")',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a source could say
  "const name = `Should${activity}`;",
  "Object.entries(results.ForEachVersion)",
  "    ParseInput: lambdaTask(resources),",
])("a spelling is found: %s", (line) => {
  expect(spellings("packages/x.ts", `/** ParseInput */\n${line}\n`)).toHaveLength(1);
});

test("comments and prose may name states", () => {
  const prose =
    'const why = "HealthCheck fails"; // "HealthCheck"\n/** "PrepareTo" */\nimport type { ForEachVersion } from "x";';
  expect(spellings("packages/x.ts", prose)).toEqual([]);
});
