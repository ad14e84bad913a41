import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { renameChunks } from "./rename-chunks.ts";

const sources = {
  "one.ts": 'import { shared } from "./shared.ts"; export default [shared, (await import("./later.ts")).later];',
  "two.ts": 'import { shared } from "./shared.ts"; export default [shared + 1, (await import("./later.ts")).later];',
  "shared.ts": "export const shared = 40;",
  "later.ts": 'import { shared } from "./shared.ts"; export const later = shared + 2;',
};

/** Outputs of two programs that share code, with esbuild's working folder elsewhere. */
async function outputsIn(root: string, folder: string) {
  const source = join(root, folder);
  await mkdir(source, { recursive: true });
  for (const [name, text] of Object.entries(sources)) await writeFile(join(source, name), text);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(source, "one.ts"), join(source, "two.ts")],
    outdir: join(root, "out"),
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    write: false,
    minifyWhitespace: true,
  });
  return outputFiles.map(({ path, text }) => ({ path, text }));
}

test("the same sources in another folder give the same names and contents, and programs that run", async () => {
  const root = await mkdtemp(join(tmpdir(), "muster-chunks-"));
  try {
    const here = await outputsIn(root, "here");
    const there = await outputsIn(root, "somewhere/else");
    const names = (outputs: readonly { path: string }[]) => outputs.map(({ path }) => basename(path)).sort();
    expect(names(here), "without renaming they differ").not.toEqual(names(there));

    const renamed = renameChunks(here);
    expect([...renameChunks(there)].sort()).toEqual([...renamed].sort());
    for (const [path, text] of renamed) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    expect((await import(join(root, "out/one.mjs"))).default).toEqual([40, 42]);
    expect((await import(join(root, "out/two.mjs"))).default).toEqual([41, 42]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test("programs keep their names, and text that only looks like a chunk's name stays", () => {
  const outputs = [
    { path: "/out/cli.mjs", text: 'import"./chunk-AAAAAAAA.mjs";"other-BBBBBBBB.mjs"' },
    { path: "/out/chunk-AAAAAAAA.mjs", text: "export{}" },
  ];
  const renamed = renameChunks(outputs);
  expect([...renamed.keys()]).toEqual(["/out/cli.mjs", expect.stringMatching(/^\/out\/chunk-[0-9a-f]{12}\.mjs$/)]);
  expect(renamed.get("/out/cli.mjs")).toMatch(/^import"\.\/chunk-[0-9a-f]{12}\.mjs";"other-BBBBBBBB\.mjs"$/);
});

test("two chunks that cannot be told from each other are not merged silently", () => {
  const outputs = ["AAAAAAAA", "BBBBBBBB"].map((hash) => ({ path: `/out/chunk-${hash}.mjs`, text: "export{}" }));
  expect(() => renameChunks(outputs)).toThrow("two chunks of the bundle have the same content");
});
