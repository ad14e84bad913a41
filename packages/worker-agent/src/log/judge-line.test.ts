import { expect, test } from "vitest";
import { outputLines } from "../../testing/output-lines.ts";
import { judgeLine } from "./judge-line.ts";

const table = Object.entries(outputLines).flatMap(([verdict, texts]) => texts.map((text) => [verdict, text] as const));

test.each(table)("%s: %s", (verdict, text) => {
  expect(judgeLine(text).verdict).toBe(verdict);
});

test("it says up to where a line must be read", () => {
  const text = "/usr/include/c++/12/bits/stl_vector.h:1123:41: error: no matching function";
  expect(text.slice(judgeLine(text).at)).toBe(" no matching function");
});

test.each([
  "a: ",
  "a ",
  "(",
  "error ",
  "no such ",
  "assertion ",
  ": line 1",
  "x.",
  "a/",
  "+",
  "process failed ",
  "returned a ",
])("a hostile line of %j costs no more than its length", (part) => {
  const line = part.repeat(2000 / part.length);
  const startUsage = process.cpuUsage();
  for (let count = 0; count < 20; count++) judgeLine(line);
  const { user, system } = process.cpuUsage(startUsage);
  expect((user + system) / 1000).toBeLessThan(1000);
});
