import { expect, test } from "vitest";
import { missingPackage } from "./missing-package.ts";

const notFound = (message: string) => Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });

test("a package that is not installed is named with what installs it", () => {
  const error = notFound("Cannot find package '@muster/recipes' imported from /home/me/hello/pipeline.ts");
  expect(missingPackage(error, "pipeline.ts")).toMatchObject({
    message: "pipeline.ts imports @muster/recipes, which is not installed",
    hint: "npm install, or npm install --save-dev @muster/recipes where no package.json names it yet",
  });
});

test("a file that is not there, and whatever else fails in an import, is not npm's", () => {
  const file = notFound("Cannot find module '/home/me/hello/steps.ts' imported from /home/me/hello/pipeline.ts");
  for (const error of [file, new TypeError("x is not a function"), "thrown"])
    expect(missingPackage(error, "pipeline.ts")).toBeUndefined();
});
