import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { scriptFile, scriptKey } from "./script-file.ts";

test("a script's path is relative to the pipeline's folder", () => {
  expect(scriptFile("/my/release", "scripts/make.sh")).toBe("/my/release/scripts/make.sh");
  expect(scriptFile("/my/release", "./make #1%20.sh")).toBe("/my/release/make #1%20.sh");
});

test("a file: URL is the file that it names, whatever the pipeline's folder", () => {
  expect(scriptFile("/my/release", "file:///a/recipes/scripts/make.sh")).toBe("/a/recipes/scripts/make.sh");
  const file = "/a folder/50%/make #1.sh";
  expect(scriptFile("/my/release", pathToFileURL(file).href)).toBe(file);
});

test("where workers fetch it, a script of another package is called alike on every machine", () => {
  expect(scriptKey("scripts/make.sh")).toBe("scripts/make.sh");
  for (const folder of ["/home/me/node_modules/@muster/recipes", "/srv/ci/1/node_modules/@muster/recipes"])
    expect(scriptKey(`file://${folder}/scripts/make.sh`)).toBe("recipes/scripts/make.sh");
});
