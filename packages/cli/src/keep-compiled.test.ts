import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

let dir: string;
let program: string;
let cache: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "muster-keep-compiled-"));
  cache = join(dir, "cache");
  program = join(dir, "program.mjs");
  const ours = (name: string) => pathToFileURL(join(import.meta.dirname, name)).href;
  writeFileSync(
    program,
    `import { keepCompiled } from "${ours("keep-compiled.ts")}";
    import { keepStripped } from "${ours("keep-stripped.ts")}";
    keepCompiled(process.argv[2], import.meta.filename);
    keepStripped();
    console.log((await import("./typed.ts")).default);`,
  );
  writeTyped("1");
});
afterEach(() => rmSync(dir, { recursive: true }));

const writeTyped = (value: string) => writeFileSync(join(dir, "typed.ts"), `export default ${value} as number;\n`);

/** In a process of its own, as both are for the rest of a process. */
function run({ env = {}, into = cache }: { env?: Record<string, string>; into?: string } = {}) {
  const { stdout, stderr } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", program, into], {
    // Programs of users lie elsewhere than among temporary files, as this one does.
    env: { TMPDIR: join(dir, "elsewhere"), ...env },
    encoding: "utf8",
  });
  return { stdout: stdout.trim(), stderr };
}

/** What is kept of the program's place: the folders in which Node keeps things, and the files in them. */
function kept(): { programs: string[]; files: string[] } {
  const place = join(cache, "compiled", program.replaceAll("/", "%"));
  const programs = readdirSync(place);
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return { programs, files: files.map((file) => join(file.parentPath, file.name)) };
}

const keptTyped = () => kept().files.find((file) => file.endsWith("typed.ts")) as string;

test("what was compiled and stripped at one start is what the next one runs", () => {
  expect(run()).toEqual({ stdout: "1", stderr: "" });
  const { files } = kept();
  expect(files).toHaveLength(2);
  writeFileSync(keptTyped(), readFileSync(keptTyped(), "utf8").replace("1", "2"));
  expect(run()).toEqual({ stdout: "2", stderr: "" });
});

test("a module that has changed is stripped anew", () => {
  run();
  writeTyped("3");
  expect(run().stdout).toBe("3");
  expect(readFileSync(keptTyped(), "utf8")).toContain("3");
});

test("of a program that was made anew nothing older is kept", () => {
  run();
  const before = kept().programs;
  utimesSync(program, 1_700_000_000, 1_700_000_000);
  run();
  expect(kept().programs).toEqual(["1700000000000"]);
  expect(before).not.toEqual(kept().programs);
});

test("of the places that programs lie at the latest four are kept", () => {
  const places = join(cache, "compiled");
  for (const hour of [1, 2, 3, 4, 5]) {
    mkdirSync(join(places, `%place${hour}`), { recursive: true });
    utimesSync(join(places, `%place${hour}`), hour * 3600, hour * 3600);
  }
  run();
  expect(readdirSync(places).sort()).toEqual(["%place3", "%place4", "%place5", program.replaceAll("/", "%")].sort());
});

test("nothing is kept of a program among temporary files", () => {
  expect(run({ env: { TMPDIR: dir } }).stdout).toBe("1");
  expect(readdirSync(dir)).not.toContain("cache");
});

test("a folder of the user's own is Node's matter, and where nothing can be kept nothing is said", () => {
  expect(run({ env: { NODE_COMPILE_CACHE: join(dir, "mine") } }).stdout).toBe("1");
  expect(readdirSync(dir)).not.toContain("cache");
  const file = join(dir, "no-folder");
  writeFileSync(file, "");
  expect(run({ into: file })).toEqual({ stdout: "1", stderr: "" });
  expect(run({ env: { NODE_DISABLE_COMPILE_CACHE: "1" } })).toEqual({ stdout: "1", stderr: "" });
});

test("what has more than types in it is refused in Node's words", () => {
  writeFileSync(join(dir, "typed.ts"), "export default 1;\nenum A { B }\n");
  expect(run().stderr).toContain("TypeScript enum is not supported in strip-only mode");
});
