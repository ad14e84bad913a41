import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandLines, readDocuments } from "./house/documents.ts";
import { workspacePackages } from "./house/workspace-package.ts";
import { createWorkspace } from "./workspace.ts";

/** What pages tell to type: each line is of a form that is known here, and names what there is. */
const repository = join(import.meta.dirname, "../..");
const packages = [
  ...(await workspacePackages(repository)).map(({ folder, name }) => ({ folder, name })),
  { folder: "e2e", name: "@muster/e2e" },
];
/** What packages are called on npm, where that is not as here. */
const published = globSync("packages/*/package.json", { cwd: repository }).map(
  (file) => JSON.parse(readFileSync(join(repository, file), "utf8")).publishConfig?.name,
);
const documents = await readDocuments(repository);
const commandsOf = (path: string) => commandLines(documents.find((each) => each.path === path)?.text ?? "");

/** Tests in one of a package's files have such a name. */
const hasTest = (folder: string, words: string) =>
  globSync("**/*.test.ts", { cwd: folder, exclude: ["**/node_modules/**"] }).some((file) =>
    new RegExp(`\\btest(?:\\.\\w+)?(?:\\([^"]*\\))?\\("[^"]*${words}`).test(readFileSync(join(folder, file), "utf8")),
  );

function scriptsOf(folder: string): Readonly<Record<string, string>> {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { scripts: Record<string, string> })
    .scripts;
}

/** `exec vitest run <file or folder>… [-u] [-t words]`, `exec biome check --write .` */
function checkExec(folder: string, [program = "", ...args]: readonly string[]): void {
  if (program === "biome") {
    expect(args.join(" ")).toBe("check --write .");
    return;
  }
  expect([program, args[0]]).toEqual(["vitest", "run"]);
  const named = args.indexOf("-t");
  if (named > 0) expect(hasTest(folder, args[named + 1] ?? ""), `a test named like ${args[named + 1]}`).toBe(true);
  const paths = args.slice(1, named > 0 ? named : undefined).filter((word) => word !== "-u");
  for (const path of paths) {
    expect(existsSync(join(folder, path)), path).toBe(true);
    if (!path.endsWith(".test.ts")) expect(globSync(`${path}/**/*.test.ts`, { cwd: folder }).length).toBeGreaterThan(0);
  }
  if (args.includes("-u"))
    expect(globSync("**/golden/*", { cwd: join(folder, folder.endsWith("e2e") ? "../infra" : ".") })).not.toEqual([]);
}

/** A script of a package, whose program knows the options that are given to it, and the commands. */
function checkScript(folder: string, [name = "", ...args]: readonly string[]): void {
  const script = scriptsOf(folder)[name];
  expect(script, `${folder} has a script "${name}"`).toBeDefined();
  // Tried below.
  if (name === "start") return;
  const [file] = /\S+\.ts\b/.exec(script ?? "") ?? [];
  const program = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
  if (file !== undefined) expect(existsSync(join(folder, dirname(file))), file).toBe(true);
  for (const option of args.filter((word) => word.startsWith("--")))
    expect(program, `${file} knows ${option}`).toMatch(new RegExp(`\\b${option.slice(2)}: \\{ type:`));
  if (name === "release") expect(program, args[0]).toMatch(new RegExp(`case "${args[0]}"`));
}

function checkPnpm(words: readonly string[]): void {
  const [filter, name = "", ...rest] = words;
  if (filter !== "--filter") {
    checkScript(repository, words);
    return;
  }
  const found = packages.find((each) => each.name === `@muster/${name}`);
  expect(found, `a package @muster/${name}`).toBeDefined();
  const folder = join(repository, found?.folder ?? "");
  if (rest[0] === "exec") checkExec(folder, rest.slice(1));
  else checkScript(folder, rest[0] === "run" ? rest.slice(1) : rest);
}

/** Other programs, as far as the pages use them: by the whole line. */
const OTHERS = [
  /^git clone <the repository's URL> muster$/,
  /^cd muster$/,
  /^git switch --create [\w-]+$/,
  /^git commit --all( --message "[^"]+")?$/,
  /^git push --set-upstream origin [\w-]+$/,
  /^git tag v\d+\.\d+\.\d+$/,
  /^git push origin v\d+\.\d+\.\d+$/,
  /^sha256sum --check --ignore-missing SHA256SUMS$/,
  /^gh attestation verify \S+ --repo <owner>\/<name>$/,
];

function checkCommand(line: string): void {
  const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
  if (words[0] === "pnpm") checkPnpm(words.slice(1));
  else if (line.startsWith("npm run pnpm -- ")) checkPnpm(words.slice(4));
  else if (words[0] === "npm" && words[1] === "create") expect(published).toContain(`create-${words[2]}`);
  else if (words[0] === "npm") expect(Object.keys(scriptsOf(repository))).toContain(words[1]);
  else
    expect(
      OTHERS.some((known) => known.test(line)),
      `"${line}" is of no form that is known to be true`,
    ).toBe(true);
}

describe.each(["CONTRIBUTING.md", "README.md"])("%s", (path) => {
  const typed = commandsOf(path);

  test("tells what to type", () => {
    expect(typed).toContain("npm test");
  });

  test.each(typed)("%s", checkCommand);
});

test("commands that stand in the text are as true", () => {
  for (const { path, text } of documents.filter(({ path }) => /^(CONTRIBUTING|README|SECURITY)\.md$/.test(path))) {
    const spans = Array.from(text.matchAll(/`((?:pnpm|npm) [^`]*)`/g), ([, span = ""]) => span);
    for (const span of spans.filter((each) => !/[<…]/.test(each)))
      expect(() => checkCommand(span), `${path}: ${span}`).not.toThrow();
  }
});

test("commands of Muster's own that are shown work", async () => {
  const started = "pnpm --filter cli start ";
  const shown = commandsOf("CONTRIBUTING.md").filter((line) => line.startsWith(started));
  expect(shown).not.toEqual([]);
  await using workspace = await createWorkspace({ MUSTER_PIPELINE: "muster" });
  for (const line of shown) {
    const { exitCode, stderr } = await workspace.muster(...line.slice(started.length).split(" "));
    expect({ line, exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }
});

test("a newcomer's first command runs one file's tests", { timeout: 300_000 }, () => {
  const [first = ""] = commandsOf("CONTRIBUTING.md").filter((line) => line.includes("exec vitest run src"));
  const output = execFileSync("bash", ["-c", `npm run --silent ${first.replace("pnpm", "pnpm --")}`], {
    cwd: repository,
    encoding: "utf8",
    // With a socket as its input Bash would take itself for a remote shell's, and read the user's .bashrc.
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  expect(output).toMatch(/Test Files .*1 passed/);
});
