import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Pipeline } from "@muster/pipeline";
import * as recipes from "@muster/recipes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../releases/release-repository.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const repository = join(import.meta.dirname, "../..");
const text = await readFile(join(repository, "docs/recipes.md"), "utf8");
const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
  await mkdir(join(workspace.dir, "node_modules/@muster"), { recursive: true });
  for (const name of ["pipeline", "recipes"])
    await symlink(join(repository, "packages", name), join(workspace.dir, "node_modules/@muster", name));
  await workspace.write("package.json", '{ "type": "module" }');
  await workspace.write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: "nodenext",
        target: "es2024",
        lib: ["es2024", "esnext.disposable", "esnext.iterator"],
        types: ["node"],
        typeRoots: [join(repository, "node_modules/@types")],
        allowImportingTsExtensions: true,
        skipLibCheck: true,
      },
      include: ["*.ts"],
    }),
  );
  for (const [index, code] of examples.entries()) await workspace.write(`example-${index}.ts`, code);
});
afterAll(() => workspace[Symbol.asyncDispose]());

test("every example of the recipes compiles", async () => {
  await run(join(repository, "node_modules/.bin/tsc"), [], { cwd: workspace.dir }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
});

test("every example is a pipeline that nothing is wrong with, and together they show every recipe", async () => {
  for (const index of examples.keys()) {
    const { default: pipeline } = (await import(join(workspace.dir, `example-${index}.ts`))) as { default: Pipeline };
    expect(pipeline.activities.length).toBeGreaterThan(1);
  }
  const functions = Object.entries(recipes).filter(([, value]) => typeof value === "function");
  for (const [name] of functions.filter(([each]) => each !== "debianBuild")) {
    expect(
      examples.some((code) => code.includes(`${name}(`)),
      name,
    ).toBe(true);
  }
});
