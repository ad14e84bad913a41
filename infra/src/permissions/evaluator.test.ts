import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const evaluator = "@cloud-copilot/";
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const find = (...patterns: string[]) =>
  globSync(patterns, { cwd: repository, exclude: (path) => /(^|\/)(node_modules|dist|cdktf\.out)$/.test(path) });

test("the evaluator of policies, whose licence would reach what it is part of, is used by infra's tests alone", () => {
  const sources = find("{infra,e2e}/**/*.ts", "{packages,pipelines}/*/**/*.ts");
  const users = sources.filter((file) => read(file).includes(`from "${evaluator}`));
  expect(users.length).toBeGreaterThan(0);
  expect(users.filter((file) => !/^infra\/(testing\/|.*\.test\.ts$)/.test(file))).toEqual([]);
});

test("nothing that is installed to run depends on it", () => {
  const manifests = find("package.json", "{infra,e2e}/package.json", "{packages,pipelines}/*/package.json");
  const depending = manifests.filter((file) => {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = JSON.parse(read(file));
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    return names.some((name) => name.startsWith(evaluator));
  });
  expect(manifests).toContain("infra/package.json");
  expect(depending).toEqual([]);
});
