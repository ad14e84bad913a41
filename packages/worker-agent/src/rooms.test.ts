import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { expect, test } from "vitest";

/** From what holds a worker's whole life to what knows nothing of Muster. */
const ROOMS = ["agent", "task", "report", "script", "process", "machine", "log", "s3", "aws"];

const sources = globSync("**/*.ts", { cwd: import.meta.dirname }).filter((file) => !file.endsWith(".test.ts"));
const roomOf = (file: string): string => file.split(sep)[0] as string;

function importsOf(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, file), "utf8");
  return [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*"(\.[^"]+)"/g)].map(([, path = ""]) =>
    normalize(join(dirname(file), path)),
  );
}

test("every file is in a room, or is what any room may use", () => {
  const beside = sources.filter((file) => !ROOMS.includes(roomOf(file)));
  expect(beside.toSorted()).toEqual([
    "agent-program.ts",
    "clock.ts",
    "diagnostics.ts",
    "env.ts",
    "in-process.ts",
    "index.ts",
    "main.ts",
    "system-path.ts",
    "worker-stop.ts",
  ]);
});

test("no room imports from one above it, not even a type", () => {
  const upwards = sources.flatMap((file) => {
    const room = ROOMS.indexOf(roomOf(file));
    return importsOf(file)
      .filter((imported) => ROOMS.includes(roomOf(imported)) && ROOMS.indexOf(roomOf(imported)) < room)
      .map((imported) => `${file} imports ${imported}`);
  });
  expect(upwards).toEqual([]);
});

test("the README tells of every room, in that order", () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const told = [...readme.matchAll(/^\| `(\w+)\/` /gm)].map(([, room]) => room);
  expect(told).toEqual(ROOMS);
});
