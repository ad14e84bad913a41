import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reachableDeclarations } from "./reachable-declarations.ts";

test("what entries lead to is reached, in every way and once, and nothing else is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-declarations-"));
  try {
    const files = {
      entry:
        'export { type One } from "./one.ts";\nimport "./side.js";\nimport type { S3Client } from "@aws-sdk/client-s3";',
      one: 'export type One = import("./two.ts").Two;',
      two: 'import type { One } from "./one.ts";\nexport interface Two { one: One }',
      side: "export {};",
      world: 'import { createLocalAws } from "@muster/local";',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.d.ts`), text);
    const reached = await reachableDeclarations([join(folder, "entry.d.ts")]);
    expect([...reached].toSorted()).toEqual(
      ["entry", "one", "side", "two"].map((name) => join(folder, `${name}.d.ts`)),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
