import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRepository } from "./find-repository.ts";

test("the checkout that a pipeline lies in, else the unpacked source, else none", () => {
  const root = mkdtempSync(join(tmpdir(), "muster-repository-"));
  try {
    const pipeline = join(root, "source/pipelines/mine");
    mkdirSync(pipeline, { recursive: true });
    expect(findRepository(pipeline)).toBeUndefined();
    writeFileSync(join(root, "source/pnpm-workspace.yaml"), "packages: []\n");
    expect(findRepository(pipeline)).toBe(join(root, "source"));
    mkdirSync(join(root, ".git"));
    expect(findRepository(pipeline)).toBe(root);
  } finally {
    rmSync(root, { recursive: true });
  }
});
