import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importsOfSources, namesInSources } from "./house/imported-packages.ts";
import { arrow, readPicture } from "./house/picture.ts";
import { copySettings, importsThatLeave, lintFiles, type SourceFiles } from "./house/scratch-lint.ts";
import { isForTests, type WorkspacePackage, workspacePackages } from "./house/workspace-package.ts";

const repository = join(import.meta.dirname, "../..");
const picture = readPicture(await readFile(join(repository, "README.md"), "utf8"), "The house");
const packages = await workspacePackages(repository);
const names = packages.map(({ name }) => name);
/** Which of a package's ways in are open, lint and its manifest say. */
const packageOf = (specifier: string) => specifier.split("/").slice(0, 2).join("/");
const folderOf = (name: string) => packages.find((each) => each.name === name)?.folder ?? name;

const allowed = new Set(picture.imports);
const mayImport = (from: WorkspacePackage, to: string) => allowed.has(arrow(from.folder, folderOf(to)));

/** Where source files lie, and which of our packages they may not import. */
const everyone = [
  "pipeline",
  "records",
  "history",
  "asl",
  "lambdas",
  "worker-agent",
  "local",
  "simulation",
  "create-muster",
  "cli",
  "pipeline-muster",
  "infra",
];
const forbidden: Record<string, string[]> = {
  "packages/pipeline/src/x.ts": everyone,
  "packages/local/src/services/x.ts": everyone,
  "packages/asl/src/states/x.ts": everyone.filter((name) => name !== "pipeline"),
  "packages/recipes/src/x.ts": everyone.filter((name) => name !== "pipeline"),
  "packages/records/src/x.ts": everyone.filter((name) => name !== "pipeline"),
  "packages/history/src/x.ts": everyone.filter((name) => name !== "pipeline"),
  "packages/lambdas/src/x.ts": everyone.filter((name) => !["pipeline", "records", "history"].includes(name)),
  "packages/worker-agent/src/x.ts": everyone.filter((name) => name !== "pipeline" && name !== "records"),
  "pipelines/muster/tools/x.ts": everyone.filter((name) => name !== "pipeline" && name !== "records"),
  "packages/simulation/src/x.ts": ["history", "simulation", "create-muster", "cli", "pipeline-muster", "infra"],
  "packages/create-muster/src/x.ts": everyone.filter((name) => name !== "pipeline"),
  "packages/cli/src/commands/x.ts": ["local", "cli", "pipeline-muster", "infra"],
  "packages/cli/src/print.ts": ["local", "cli", "pipeline-muster", "infra"],
  "packages/cli/src/stages/x.ts": ["cli", "pipeline-muster", "infra"],
  "infra/src/x.ts": ["history", "local", "simulation", "create-muster", "cli", "pipeline-muster", "infra"],
  "packages/not-listed-yet/src/x.ts": everyone,
  "packages/lambdas/src/x.test.ts": [],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-import-arrows-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** A copy of the house without its sources. */
async function scratchCopy(name: string): Promise<string> {
  const copy = join(folder, name);
  await copySettings(
    copy,
    packages.map((each) => each.folder),
  );
  return copy;
}

const lint = async (name: string, files: SourceFiles) => lintFiles(await scratchCopy(name), files);

/** Each way to import another package, by a line that does. */
const ways: readonly ((specifier: string) => string)[] = [
  (specifier) => `export * from "${specifier}";`,
  (specifier) => `export type * from "${specifier}";`,
  (specifier) => `await import("${specifier}");`,
];
const everyName = [...names, "@muster/e2e"];
const everyImport = [...everyName, ...everyName.map((name) => `${name}/src/index.ts`)].flatMap((specifier) =>
  ways.map((way) => ({ specifier, line: way(specifier) })),
);

test("what a place in the house allows may be imported there, and nothing else", async () => {
  const lines = (some: readonly string[]) => some.map((name) => `export * from "@muster/${name}";`);
  const source = lines(everyone).join("\n");
  const refused = await lint("places", Object.fromEntries(Object.keys(forbidden).map((path) => [path, source])));
  for (const [path, some] of Object.entries(forbidden)) {
    const expected = lines(some).map((line) => ({ path, rule: "lint/style/noRestrictedImports", line }));
    expect(refused.filter((each) => each.path === path)).toEqual(expected);
  }
});

/** A file in each folder of the house that holds code, which imports everything there is in each way. */
function importEverything(): { from: WorkspacePackage; path: string }[] {
  return packages.flatMap((from) => {
    const places = from.files.map((file) => join(dirname(file), isForTests(file) ? "all.test.ts" : "all.ts"));
    return [...new Set(places)].map((place) => ({ from, path: join(from.folder, place) }));
  });
}

test("of each two packages, lint accepts the imports that the picture shows, in each way and each folder, and no others", async () => {
  const places = importEverything();
  expect(new Set(places.map(({ from }) => from.name))).toEqual(new Set(names));
  const source = everyImport.map(({ line }) => line).join("\n");
  const refused = await lint("pairs", Object.fromEntries(places.map(({ path }) => [path, source])));
  const lines = Map.groupBy(refused, ({ path }) => path);
  for (const { from, path } of places) {
    const broken = new Set(lines.get(path)?.map(({ line }) => line));
    const accepted = everyImport.filter(({ line }) => !broken.has(line)).map(({ line }) => line);
    // Only its stages choose between this machine and AWS.
    const isElsewhereInCli = from.folder === "packages/cli" && !path.startsWith("packages/cli/src/stages/");
    const shown = everyImport.filter(({ specifier }) => {
      if (isForTests(path)) return everyName.includes(specifier);
      return mayImport(from, specifier) && !(isElsewhereInCli && specifier === "@muster/local");
    });
    expect(accepted, path).toEqual(shown.map(({ line }) => line));
  }
});

test("a path from one package into another is refused between each two of them, from their tests too", async () => {
  const entry = ({ folder: each }: WorkspacePackage) => `${each}/src/index.ts`;
  const pairs = packages.flatMap((from) => packages.filter((to) => to !== from).map((to) => ({ from, to })));
  const reaching = pairs.flatMap(({ from, to }) =>
    ["reaches.ts", "reaches.test.ts"].map((name) => ({
      path: `${from.folder}/src/${name}`,
      specifier: relative(`${from.folder}/src`, entry(to)),
    })),
  );
  const sources = Map.groupBy(reaching, ({ path }) => path).entries();
  const files = Object.fromEntries([
    ...packages.map((each) => [entry(each), "export {};\n"]),
    ...sources.map(([path, some]) => [path, some.map(({ specifier }) => `export * from "${specifier}";\n`).join("")]),
  ]);
  const left = await importsThatLeave(await scratchCopy("paths"), files);
  const sorted = (some: typeof left) => some.map(({ path, specifier }) => `${path}: ${specifier}`).sort();
  expect(sorted(left)).toEqual(sorted(reaching));
});

test("the picture shows every package, and the arrows between them are the imports that there are", async () => {
  expect(picture.folders).toEqual(packages.map((each) => each.folder));
  const imports = (await Promise.all(packages.map((from) => importsOfSources(from, repository)))).flat();
  // A hint may tell a reader what to import from its own package.
  const others = imports.filter(({ from, specifier }) => specifier !== from.name);
  const found = others.map(({ from, specifier }) => arrow(from.folder, folderOf(packageOf(specifier))));
  expect([...new Set(found)].sort()).toEqual(picture.imports);
});

test("sources name no other package at run time either, and need what their manifest depends on", async () => {
  for (const from of packages) {
    const named = (await namesInSources(from, repository)).filter(({ specifier }) => specifier !== from.name);
    for (const { file, specifier: path } of named) {
      const specifier = packageOf(path);
      expect(mayImport(from, specifier), `${file} names ${specifier}`).toBe(true);
      expect(from.dependencies, `${file} names ${specifier}`).toContain(specifier);
    }
    const beyond = from.dependencies.filter((name) => !mayImport(from, name));
    expect(beyond, `${from.folder}/package.json: what tests alone need is a devDependency`).toEqual([]);
  }
});

test("a dotted arrow is a pipeline that is found by its name: the command's default, and those of the stages", async () => {
  const read = (path: string) => readFile(join(repository, path), "utf8");
  const [, standard] = /DEFAULT_PIPELINE = "(\w+)"/.exec(await read("packages/cli/src/load-pipeline.ts")) ?? [];
  const stages = (await read("infra/stages.ts")).matchAll(/^ {4}pipeline: "([\w-]+)"/gm);
  const found = [
    arrow("packages/cli", `pipelines/${standard}`),
    ...Array.from(stages, ([, name]) => arrow("infra", `pipelines/${name}`)),
  ];
  expect(picture.loads).toEqual([...new Set(found)].sort());
  for (const pair of picture.loads) expect(allowed, "a pipeline that is loaded is not imported").not.toContain(pair);
});

test("the environment is read in env.ts alone", async () => {
  const source = "export const home = process.env.HOME;\n";
  const files = { "packages/cli/src/commands/home.ts": source, "packages/cli/src/env.ts": source };
  expect(await lint("environment", files)).toEqual([
    { path: "packages/cli/src/commands/home.ts", rule: "lint/style/noProcessEnv", line: source.trim() },
  ]);
});

/** Beside the package itself. */
const MORE_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  // What a program needs before it knows a definition, and starts without what definitions are checked with.
  "packages/pipeline": ["./muster-error", "./nearest-word"],
  // The agent's loop for worlds that play its machine; and what makes bundles, and runs nothing of the agent.
  "packages/worker-agent": ["./in-process", "./bundle-plugins"],
};

test("each package has one entry point, and infra alone knows cdktf", async () => {
  const own = everyone.filter((name) => name !== "infra" && !name.startsWith("pipeline-"));
  const manifests = [...own.map((name) => `packages/${name}`), "infra"];
  for (const path of manifests) {
    const manifest = JSON.parse(await readFile(join(repository, path, "package.json"), "utf8")) as {
      exports?: object;
      dependencies?: object;
      devDependencies?: object;
    };
    expect(Object.keys(manifest.exports ?? {}), path).toEqual([".", ...(MORE_ENTRIES[path] ?? [])]);
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const cdktf = dependencies.filter((name) => /cdktf|^constructs$/.test(name));
    expect(path === "infra" ? [] : cdktf, path).toEqual([]);
  }
});
