import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { refuseLostNames } from "./bundle.ts";

/** What esbuild says of a program that imports a module when it is needed. */
async function metafileOf(module: string, text: string) {
  const folder = await mkdtemp(join(tmpdir(), "muster-bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, module), text);
  await writeFile(join(folder, "program.js"), `const { upload } = await import("./${module}"); upload();`);
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ["program.js"],
    outdir: "out",
    bundle: true,
    splitting: true,
    format: "esm",
    write: false,
    metafile: true,
  });
  return metafile;
}

test("a CommonJS module that is imported when it is needed is refused, by name: its own names would be lost", async () => {
  const lost = await metafileOf("later.cjs", "exports.upload = () => {};");
  expect(() => refuseLostNames(lost)).toThrow("program.js imports the CommonJS module later.cjs when it is needed");
  refuseLostNames(await metafileOf("later.js", "export const upload = () => {};"));
});
