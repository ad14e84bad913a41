import { expect, test } from "vitest";
import { publishedManifest, SourceManifest } from "./published-manifest.ts";

const origin = { repository: "https://github.com/owner/name", directory: "packages/x" };
const published = new Set(["@muster/pipeline", "@muster/x"]);
const source = (more: object = {}) =>
  SourceManifest.parse({
    name: "@muster/x",
    version: "1.2.3",
    description: "X",
    license: "MIT",
    engines: { node: ">=22.18" },
    exports: { ".": "./src/index.ts", "./deep": "./src/deep/module.ts" },
    scripts: { test: "vitest run" },
    dependencies: { "@muster/pipeline": "workspace:*", "@muster/records": "workspace:*", zod: "4.6.7" },
    devDependencies: { yaml: "^2.0.0" },
    ...more,
  });
const json = (more?: object) => publishedManifest(source(more), { origin, published }).json;

test("npm gets built files with their declarations in place of sources, and says where these are", () => {
  expect(json()).toEqual({
    name: "@muster/x",
    version: "1.2.3",
    description: "X",
    license: "MIT",
    repository: { type: "git", url: "git+https://github.com/owner/name.git", directory: "packages/x" },
    homepage: "https://github.com/owner/name/tree/v1.2.3/packages/x#readme",
    bugs: "https://github.com/owner/name/issues",
    type: "module",
    engines: { node: ">=22.18" },
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./deep": { types: "./dist/deep/module.d.ts", default: "./dist/deep/module.js" },
      "./package.json": "./package.json",
    },
    files: ["dist"],
    dependencies: { "@muster/pipeline": "1.2.3", zod: "4.6.7" },
    publishConfig: { access: "public", provenance: true },
  });
});

test("a package may have another name, commands and dependencies there, and files beside what is built", () => {
  const publishConfig = {
    name: "x",
    bin: { x: "./dist/main.mjs" },
    exports: {},
    dependencies: {},
    peerDependencies: { "@muster/pipeline": "workspace:*" },
  };
  expect(json({ publishConfig, files: ["scripts"] })).toMatchObject({
    name: "x",
    bin: { x: "./bin/x.js" },
    exports: { "./package.json": "./package.json" },
    files: ["bin", "dist", "scripts"],
    dependencies: {},
    peerDependencies: { "@muster/pipeline": "1.2.3" },
  });
});

test("what cannot be built, and a package that does not say which Node it needs, are refused by place", () => {
  expect(() => json({ exports: { ".": "./testing/index.ts" } })).toThrow(
    "packages/x/package.json exports ./testing/index.ts, and what is published is built of src/",
  );
  expect(() => json({ engines: undefined })).toThrow("packages/x/package.json does not say which Node it needs");
});
