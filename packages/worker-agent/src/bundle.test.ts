import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleAgent } from "../bundle/bundle-agent.ts";
import { packFolder } from "../bundle/pack-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-bundle-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Bundled anew, and packed beside a program as Node's binary is. */
async function archive(
  name: string,
  { order, mode, cwd = folder }: { order: "node first" | "agent first"; mode: number; cwd?: string },
) {
  const root = join(folder, name);
  mkdirSync(root);
  const addNode = () => {
    writeFileSync(join(root, "node"), "#!/bin/sh\n");
    chmodSync(join(root, "node"), 0o700 | mode);
  };
  if (order === "node first") addNode();
  const from = process.cwd();
  process.chdir(cwd);
  await bundleAgent(join(folder, `${name}-bundle`)).finally(() => process.chdir(from));
  cpSync(join(folder, `${name}-bundle`), join(root, "agent"), { recursive: true });
  if (order === "agent first") addNode();
  for (const file of readdirSync(join(root, "agent"))) {
    chmodSync(join(root, "agent", file), 0o600 | mode);
    utimesSync(join(root, "agent", file), mode, mode);
  }
  return packFolder(root);
}

test("an archive is the same, byte by byte, wherever, whenever and under whatever umask it is made", async () => {
  const first = await archive("first", { order: "node first", mode: 0o44, cwd: process.cwd() });
  const second = await archive("second", { order: "agent first", mode: 0 });
  expect(first.length).toBeGreaterThan(100_000);
  expect(first.equals(second)).toBe(true);
});

test("of an archive, Node's binary can be started and the agent can be read by every user", async () => {
  const file = join(folder, "a.tar.gz");
  writeFileSync(file, await archive("first", { order: "node first", mode: 0 }));
  const listed = execFileSync("tar", ["-tvzf", file], { encoding: "utf8" }).trim().split("\n");
  const modes = Object.fromEntries(listed.map((line) => [line.split(" ").at(-1), line.slice(0, 10)]));
  expect(modes).toMatchObject({ "agent/": "drwxr-xr-x", "agent/agent.mjs": "-rw-r--r--", node: "-rwxr-xr-x" });
});

/** A chunk, and those that are loaded with it. */
function loadedWith(chunk: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(chunk)) return loaded;
  loaded.add(chunk);
  const imports = readFileSync(join(folder, "dist", chunk), "utf8").matchAll(/(?:from|import) ?["']\.\/([^"']+)["']/g);
  for (const [, imported = ""] of imports) loadedWith(imported, loaded);
  return loaded;
}

test("what is loaded before the first poll knows Step Functions, and nothing of S3", async () => {
  await bundleAgent(join(folder, "dist"));
  const chunks = readdirSync(join(folder, "dist"));
  const start = chunks.find((name) => name.startsWith("start-agent")) ?? expect.fail("there is no start");
  const loaded = [...loadedWith("agent.mjs"), ...loadedWith(start)];
  const chunksWith = (text: string) =>
    chunks.filter((name) => readFileSync(join(folder, "dist", name), "utf8").includes(text));
  expect(loaded).toEqual(expect.arrayContaining(chunksWith("GetActivityTask")));
  expect(chunksWith("PutObject").length).toBeGreaterThan(0);
  expect(chunksWith("PutObject").filter((name) => loaded.includes(name))).toEqual([]);
});
