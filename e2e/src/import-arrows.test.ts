import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");
const packages = ["pipeline", "records", "asl", "lambdas", "worker-agent", "local", "cli", "pipeline-muster", "infra"];

/** Where source files lie, and which of our packages they may not import. */
const forbidden: Record<string, string[]> = {
  "packages/pipeline/src/x.ts": packages,
  "packages/local/src/services/x.ts": packages,
  "packages/asl/src/states/x.ts": packages.filter((name) => name !== "pipeline"),
  "packages/records/src/x.ts": packages.filter((name) => name !== "pipeline"),
  "packages/lambdas/src/x.ts": packages.filter((name) => name !== "pipeline" && name !== "records"),
  "packages/worker-agent/src/x.ts": packages.filter((name) => name !== "pipeline" && name !== "records"),
  "pipelines/muster/tools/x.ts": packages.filter((name) => name !== "pipeline" && name !== "records"),
  "packages/cli/src/commands/x.ts": ["local", "infra"],
  "packages/cli/src/stages/x.ts": [],
  "infra/src/x.ts": ["local", "cli"],
  "packages/lambdas/src/x.test.ts": [],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-import-arrows-"));
  await copyFile(join(repository, "biome.json"), join(folder, "biome.json"));
});

afterAll(() => rm(folder, { recursive: true }));

/** The rules of biome.json that the file breaks, with the lines that break them. */
async function lint(path: string, source: string): Promise<{ rule: string; line: string | undefined }[]> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, source);
  const biome = join(repository, "node_modules/.bin/biome");
  const { stdout } = await promisify(execFile)(biome, ["lint", "--vcs-enabled=false", "--reporter=json", path], {
    cwd: folder,
  }).catch((failed: { stdout: string }) => failed);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { start: { line: number } } }[];
  };
  return diagnostics.map(({ category, location }) => ({
    rule: category,
    line: source.split("\n")[location.start.line - 1],
  }));
}

test.each(Object.entries(forbidden))(
  "%s may import what its place in the house allows, and nothing else",
  async (path, refused) => {
    const lines = (names: readonly string[]) => names.map((name) => `export * from "@muster/${name}";`);
    const broken = await lint(path, lines(packages).join("\n"));
    expect(broken).toEqual(lines(refused).map((line) => ({ rule: "lint/style/noRestrictedImports", line })));
  },
);

test("the environment is read in env.ts alone", async () => {
  const source = "export const home = process.env.HOME;\n";
  expect(await lint("packages/cli/src/commands/home.ts", source)).toEqual([
    { rule: "lint/style/noProcessEnv", line: source.trim() },
  ]);
  expect(await lint("packages/cli/src/env.ts", source)).toEqual([]);
});

test("each package has one entry point, and infra alone knows cdktf", async () => {
  const manifests = [
    ...["pipeline", "records", "asl", "lambdas", "worker-agent", "local", "cli"].map((name) => `packages/${name}`),
    "infra",
  ];
  for (const path of manifests) {
    const manifest = JSON.parse(await readFile(join(repository, path, "package.json"), "utf8")) as {
      exports?: object;
      dependencies?: object;
      devDependencies?: object;
    };
    expect(Object.keys(manifest.exports ?? {}), path).toEqual(["."]);
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const cdktf = dependencies.filter((name) => /cdktf|^constructs$/.test(name));
    expect(path === "infra" ? [] : cdktf, path).toEqual([]);
  }
});
