import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ALL_OPERATIONS } from "./all-operations.ts";
import { withOperations } from "./render-operations.ts";

test("the README's tables of operations are those of the code (else: pnpm --filter local operations)", () => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  expect(readme).toBe(withOperations(readme, ALL_OPERATIONS));
});

test("an operation is listed once, refused ones behind those that work", () => {
  const known = (operation: string, works: boolean, refusedMembers: string[] = []) => ({
    operation,
    works,
    refusedMembers,
  });
  const operations = [known("B", false), known("C", true, ["`x`", "`y`"]), known("A", true)];
  const document =
    "before\n<!-- operations: written by `pnpm --filter local operations` -->\nold\n<!-- end of operations -->\nafter\n";
  const written = withOperations(document, [{ service: "S", operations }]);
  expect(written).toContain("### S: 2 work, 1 are refused");
  expect(written.split("\n").filter((line) => /^[|-] [ABC]\b/.test(line))).toEqual([
    "| A         | works   |",
    "| C         | works   |",
    "| B         | refused |",
    "- C: `x`, `y`",
  ]);
  expect([written.startsWith("before\n"), written.endsWith("after\n"), written.includes("old")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(withOperations(written, [{ service: "S", operations }])).toBe(written);
  expect(() => withOperations("nothing", [])).toThrow("no place");
});
