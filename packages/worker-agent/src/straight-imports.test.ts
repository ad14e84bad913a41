import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "tsup";
import { afterEach, beforeEach, expect, test } from "vitest";
import { straightImports } from "../bundle/straight-imports.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "muster-straight-imports-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

/** A program of two parts, of which each imports one module of a package that has both in its index. */
function writeProgram(index: string): void {
  const house = "node_modules/@muster/house";
  write(`${house}/package.json`, JSON.stringify({ type: "module", sideEffects: false, exports: "./src/index.ts" }));
  write(`${house}/src/index.ts`, index);
  write(
    `${house}/src/small.ts`,
    "export const small = (): string => `small`;\nexport interface Size { size: number }\n",
  );
  write(`${house}/src/large.ts`, "export const large = (): string => `LARGE`.repeat(2);\n");
  write(
    "small.ts",
    'import { small as little, type Size } from "@muster/house";\nexport const size: Size = { size: 1 };\nconsole.log(little());\n',
  );
  write("large.ts", 'import {\n  large,\n  small,\n} from "@muster/house";\nconsole.log(large(), small());\n');
  write("main.ts", 'if (process.argv[2] === "large") await import("./large.ts");\nelse await import("./small.ts");\n');
}

async function bundle(): Promise<void> {
  await build({
    config: false,
    silent: true,
    entry: { main: join(dir, "main.ts") },
    format: "esm",
    platform: "node",
    outDir: join(dir, "out"),
    outExtension: () => ({ js: ".mjs" }),
    splitting: true,
    noExternal: [/./],
    esbuildPlugins: [straightImports],
  });
}

const run = (...words: string[]) =>
  execFileSync(process.execPath, [join(dir, "out/main.mjs"), ...words], { encoding: "utf8" }).trim();

/** The text of a part, and of all that is loaded with it. */
function loadedWith(part: string): string {
  const out = join(dir, "out");
  const file = readdirSync(out).find((name) => name.startsWith(part)) ?? part;
  const text = readFileSync(join(out, file), "utf8");
  return [text, ...Array.from(text.matchAll(/from "\.\/([^"]+)"/g), ([, chunk = ""]) => loadedWith(chunk))].join("\n");
}

test("who imports one module of a package's index loads that module alone", async () => {
  writeProgram('export { large } from "./large.ts";\nexport { type Size, small } from "./small.ts";\n');
  await bundle();
  expect(run()).toBe("small");
  expect(run("large")).toBe("LARGELARGE small");
  expect(loadedWith("small-")).not.toContain("LARGE");
  expect(loadedWith("large-")).toContain("LARGE");
});

test("what an index has by itself is imported of it", async () => {
  writeProgram(
    'import { small as its } from "./small.ts";\nexport { large } from "./large.ts";\nexport const small = (): string => its().concat("er");\nexport type { Size } from "./small.ts";\n',
  );
  await bundle();
  expect(run()).toBe("smaller");
  expect(run("large")).toBe("LARGELARGE smaller");
});
