import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJsonLines } from "./json-lines.ts";
import { openStorage, type Storage } from "./storage.ts";

let dir: string;
let storage: Storage;
let damaged: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "json-lines-test-"));
  damaged = [];
  storage = openStorage({ dir, owner: true, onDamaged: (name) => damaged.push(name) });
});

afterEach(async () => {
  await storage.close();
  rmSync(dir, { recursive: true, force: true });
});

const open = (name = "lines") => {
  const found: [unknown, number][] = [];
  const lines = openJsonLines<unknown>(storage, join(dir, name), (value, offset) => found.push([value, offset]));
  return { lines, found };
};

test("values come back with the offsets under which they were appended", () => {
  const { lines } = open();
  const offsets = [...lines.append(["ä", { b: 1 }]), ...lines.append([[3]])];
  expect(open().found).toEqual([
    ["ä", offsets[0]],
    [{ b: 1 }, offsets[1]],
    [[3], offsets[2]],
  ]);
  expect(lines.read(offsets[1] ?? 0, lines.size)).toEqual([{ b: 1 }, [3]]);
});

test("a torn end is cut off, a broken line in the middle is told and passed over", () => {
  writeFileSync(join(dir, "lines"), '1\n{"broken\n3\n{"torn":');
  const { lines, found } = open();
  expect(found.map(([value]) => value)).toEqual([1, 3]);
  expect(damaged).toEqual([`${join(dir, "lines")} at byte 2`]);
  lines.append([4]);
  expect(readFileSync(join(dir, "lines"), "utf8")).toBe('1\n{"broken\n3\n4\n');
});

test("an append that the disk refuses leaves the file as it was", () => {
  writeFileSync(join(dir, "no-folder"), "");
  const { lines } = open("no-folder/lines");
  expect(() => lines.append([1])).toThrow("a file has the name that a folder needs");
  expect(lines.size).toBe(0);
});

test("a view reads what is there and appends nothing", () => {
  appendFileSync(join(dir, "lines"), '1\n{"torn"');
  const view = openStorage({ dir, owner: false, onDamaged: () => {} });
  const found: unknown[] = [];
  const lines = openJsonLines<unknown>(view, join(dir, "lines"), (value) => found.push(value));
  expect(found).toEqual([1]);
  expect(() => lines.append([2])).toThrow("only being looked at");
  expect(readFileSync(join(dir, "lines"), "utf8")).toBe('1\n{"torn"');
});
