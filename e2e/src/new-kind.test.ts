import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");
const pipeline = join(repository, "packages/pipeline");

/** Where questions about a task's subject or a step's place are asked: everything but the pipeline's own rooms, which are a copy. */
const rooms = ["packages/asl/src/**/*.ts", "packages/lambdas/src/**/*.ts", "infra/src/compute/object-patterns.ts"];

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "muster-new-kind-"));
  await cp(join(pipeline, "src"), join(scratch, "pipeline"), {
    recursive: true,
    filter: (path) => !path.endsWith(".test.ts"),
  });
  const compilerOptions = {
    paths: { "@muster/pipeline": [join(scratch, "pipeline/index.ts")] },
    typeRoots: [join(repository, "node_modules/@types")],
  };
  await symlink(join(pipeline, "node_modules"), join(scratch, "node_modules"));
  await writeFile(join(scratch, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    join(scratch, "tsconfig.json"),
    JSON.stringify({
      extends: join(repository, "tsconfig.base.json"),
      compilerOptions,
      include: ["pipeline/**/*.ts", ...rooms.map((room) => join(repository, room))],
      exclude: [join(repository, "**/*.test.ts")],
    }),
  );
});

afterAll(() => rm(scratch, { recursive: true }));

/** The files of which the compiler complains, each once. */
async function complaints(): Promise<string[]> {
  const tsc = join(repository, "node_modules/.bin/tsc");
  const { stdout } = await promisify(execFile)(tsc, ["--pretty", "false", "-p", scratch], { cwd: scratch }).catch(
    (failed: { stdout: string }) => failed,
  );
  const files = [...stdout.matchAll(/^(\S.*?)\(\d+,\d+\): error TS/gm)].map(([, file = ""]) => join(scratch, file));
  const shown = files.map((file) => (file.startsWith(scratch) ? relative(scratch, file) : relative(repository, file)));
  return [...new Set(shown)].sort();
}

async function patch(file: string, before: string, after: string): Promise<void> {
  const path = join(scratch, "pipeline", file);
  const text = await readFile(path, "utf8");
  expect(text).toContain(before);
  await writeFile(path, text.replace(before, after));
}

test("a further kind of subject does not compile until each room has said what it makes of it", async () => {
  await patch(
    "place.ts",
    'z.object({ per: z.literal("build") }),',
    'z.object({ per: z.literal("build") }), z.object({ per: z.literal("flavour"), version: z.string(), flavour: z.string() }),',
  );
  await patch(
    "subject.ts",
    "interface Subjects {",
    'interface Subjects { readonly flavour: { readonly per: "flavour"; readonly version: Version; readonly flavour: string };',
  );
  expect(await complaints()).toEqual([
    "infra/src/compute/object-patterns.ts",
    "packages/asl/src/scope.ts",
    "packages/lambdas/src/check-if-repos-changed.ts",
    "packages/lambdas/src/deciding/decide.ts",
    "packages/lambdas/src/deciding/guarded-tasks.ts",
    "packages/lambdas/src/deciding/what-changed.ts",
    "packages/lambdas/src/planning/plan-approvals.ts",
    "pipeline/activity.ts",
    "pipeline/build-size.ts",
    "pipeline/check-pipeline.ts",
    "pipeline/definition-fields.ts",
    "pipeline/failures/where-it-failed.ts",
    "pipeline/place.ts",
    "pipeline/preceding.ts",
    "pipeline/status-question.ts",
    "pipeline/subject.ts",
    "pipeline/task-environment.ts",
    "pipeline/tasks-of.ts",
  ]);
});
