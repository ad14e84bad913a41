import { expect, test } from "vitest";
import { batchInvalidations } from "./batch-invalidations.ts";

test("a pipeline's few paths are one request", () => {
  expect(batchInvalidations(["/debian/dists/*", "/ubuntu/dists/*", "/key.asc"])).toEqual([
    ["/key.asc", "/debian/dists/*", "/ubuntu/dists/*"],
  ]);
});

test("more than 3000 files are several requests", () => {
  const files = Array.from({ length: 7000 }, (_, index) => `/pool/${index}.deb`);
  expect(batchInvalidations(files).map(({ length }) => length)).toEqual([3000, 3000, 1000]);
});

test("what a wildcard covers is not asked for twice", () => {
  expect(batchInvalidations(["/debian/*", "/debian/dists/*", "/debian/conf/a", "/debian/*"])).toEqual([["/debian/*"]]);
});

test("at most 15 wildcards are left, and they cover every path that was asked for", () => {
  const paths = Array.from({ length: 40 }, (_, index) => `/${index % 2 ? "debian" : "ubuntu"}/dists/v${index}/main/*`);
  const [wildcards = [], ...rest] = batchInvalidations(paths);
  expect(rest).toEqual([]);
  expect(wildcards.length).toBeLessThanOrEqual(15);
  for (const path of paths) expect(wildcards.some((wildcard) => path.startsWith(wildcard.slice(0, -1)))).toBe(true);
});

test("wildcards with nothing in common become the whole distribution", () => {
  const paths = Array.from({ length: 16 }, (_, index) => `/${String.fromCharCode(97 + index)}/*`);
  expect(batchInvalidations(paths)).toEqual([["/*"]]);
});
