import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readScriptResult } from "./script-result.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-result-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function resultOf(text: string) {
  const file = join(folder, "result.json");
  await writeFile(file, text);
  return readScriptResult(file);
}

test("a script that writes nothing has no result", async () => {
  expect(await readScriptResult(join(folder, "nothing"))).toEqual({ members: {} });
  expect(await resultOf(" \n")).toEqual({ members: {} });
});

test("an object's members join the output, its note in one line", async () => {
  expect(await resultOf('{"note":"built\\nwell","sha":"abc"}')).toEqual({
    members: { note: "built well", sha: "abc" },
  });
});

test.each(["not json", "[1]", '"text"', "null"])("what is no JSON object is told and left out: %s", async (text) => {
  const { members, problem } = await resultOf(text);
  expect(members).toEqual({});
  expect(problem).toMatch(/^MUSTER_RESULT holds no JSON/);
});

test("of a result that is too large the note is kept", async () => {
  const { members, problem } = await resultOf(JSON.stringify({ note: "n".repeat(500), list: "x".repeat(4000) }));
  expect(members).toEqual({ note: "n".repeat(256) });
  expect(problem).toContain("2048 bytes");
});

test.each([
  ["a folder", "mkdir", "it is no file"],
  ["a pipe that nobody writes to", "mkfifo", "it is no file"],
  ["a link to what has no end", "ln -s /dev/zero", "it is a link"],
  ["a link to a file, which may be one that the script cannot see", "ln -s /etc/hostname", "it is a link"],
  ["larger than any result", "truncate -s 3G", "it holds more than 1048576 bytes"],
])("a result that is %s is told, and not read", async (name, command, problem) => {
  const place = join(folder, name.replaceAll(" ", "-"));
  execFileSync("sh", ["-c", `${command} "$0"`, place]);
  expect(await readScriptResult(place)).toEqual({ members: {}, problem: `MUSTER_RESULT: ${problem}` });
});
