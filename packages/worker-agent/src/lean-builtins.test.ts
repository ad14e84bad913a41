import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsup";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leanBuiltins } from "../bundle/lean-builtins.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "muster-lean-builtins-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What a bundled program prints. */
async function runBundled(text: string): Promise<string> {
  writeFileSync(join(dir, "program.mjs"), text);
  await build({
    config: false,
    silent: true,
    entry: { bundled: join(dir, "program.mjs") },
    format: "esm",
    platform: "node",
    outDir: join(dir, "out"),
    outExtension: () => ({ js: ".mjs" }),
    removeNodeProtocol: false,
    esbuildPlugins: [leanBuiltins],
  });
  return execFileSync(process.execPath, [join(dir, "out/bundled.mjs")], { encoding: "utf8", env: {} }).trim();
}

/** Of Node's own modules, those that http and fs load for names that nobody asked for. */
const LOADED = `const loaded = process.moduleLoadList.filter((name) => /undici\\/undici$|internal\\/fs\\/streams$/.test(name));`;

test("a program loads of Node's own modules what it names, and nothing else", async () => {
  const program = `
    import { request } from "http";
    import { join } from "node:path";
    import fs, { readFileSync } from "node:fs";
    ${LOADED}
    console.log(typeof request, join("a", "b"), readFileSync === fs.readFileSync, loaded.length);`;
  expect(await runBundled(program)).toBe("function a/b true 0");
});

test("a module that is imported when it is needed has all its names", async () => {
  expect(await runBundled(`const { WebSocket } = await import("node:http"); console.log(typeof WebSocket);`)).toBe(
    "function",
  );
});
