import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { launcher } from "./launcher.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-launcher-"));
  mkdirSync(join(folder, "dist"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts the command x, whose program is given, with this Node. */
function run(node: string, program: string) {
  writeFileSync(join(folder, "dist/x.mjs"), program);
  const file = join(folder, "bin/x.js");
  writeFileSync(file, launcher({ command: "x", program: "../dist/x.mjs", node }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, "word"], { encoding: "utf8" });
  return { status, stdout, stderr };
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

test.each([
  ["an older one", `>=${major - 1}.99`],
  ["just this one", `>=${major}.${minor}`],
  ["any of this major", `>=${major}`],
])("a program that needs %s is started with its words", (_, node) => {
  expect(run(node, "console.log(process.argv[2])")).toEqual({ status: 0, stdout: "word\n", stderr: "" });
});

test.each([`>=${major}.${minor + 1}`, `>=${major + 1}.0`])(
  "one that needs %s is not, and says so in one line with the remedy",
  (node) => {
    expect(run(node, "console.log('started')")).toEqual({
      status: 2,
      stdout: "",
      stderr: `x: needs Node ${node.slice(2)} or later, and this is ${process.version}\n  npx --package=node@${node.slice(2).split(".")[0]} x …\n`,
    });
  },
);

test("Node's warnings of what is experimental are left out, and no others", () => {
  const program =
    'process.emitWarning("stripping", "ExperimentalWarning"); process.emitWarning("old", "DeprecationWarning");';
  const { stderr } = run(">=20", program);
  expect(stderr).not.toContain("stripping");
  expect(stderr).toContain("DeprecationWarning: old");
});

test("a range that is no least version is refused", () => {
  expect(() => launcher({ command: "x", program: "x.mjs", node: "^22" })).toThrow('"^22" is no least version of Node');
});
