import { expect, test } from "vitest";
import { type Artifacts, aptPackage, type Published } from "./artifacts.ts";
import { downloads, scratch } from "./s3-object.ts";
import { evidenceText, statusOf } from "./status.ts";

const built = [scratch("a.deb"), scratch("b.deb")];
const published = [downloads("a.deb"), downloads("b.deb")];
const both: Artifacts<"version"> = { produces: () => built, publishes: () => published };
const subject = { per: "version", version: "1.2.3", platforms: [], buildPlatforms: [] } as const;

const status = (artifacts: Artifacts<"version">, there: readonly Published[]) =>
  statusOf(artifacts, subject, async (evidence) => there.includes(evidence));

test("published is succeeded, whether it is still in scratch or not", async () => {
  expect(await status(both, published)).toEqual({ status: "succeeded", evidence: published });
  expect(await status(both, [...built, ...published])).toEqual({ status: "succeeded", evidence: published });
});

test("built and not wholly published is built_not_published", async () => {
  expect(await status(both, [...built, ...published.slice(1)])).toEqual({
    status: "built_not_published",
    evidence: built,
  });
});

test("with a part missing it is not built, and the part is the evidence", async () => {
  expect(await status(both, built.slice(0, 1))).toEqual({ status: "not_built", evidence: built.slice(1) });
  expect(await status({ publishes: () => published }, [])).toEqual({
    status: "not_built",
    evidence: published.slice(0, 1),
  });
});

test("what is only produced has succeeded with that", async () => {
  expect(await status({ produces: () => built }, built)).toEqual({ status: "succeeded", evidence: built });
});

test("what leaves nothing behind is never done", async () => {
  expect(await status({}, [])).toEqual({ status: "not_built", evidence: [] });
  expect(await status({ produces: () => [], publishes: () => [] }, [])).toEqual({ status: "not_built", evidence: [] });
});

test("a package is published where its suite's index names it, wherever files lie", async () => {
  const named = aptPackage({ suite: "debian/dists/bookworm", package: "muster", version: "1.2.3-1~bookworm" });
  const packaged: Artifacts<"version"> = { produces: () => built, publishes: () => [named] };
  expect(await status(packaged, [...built, ...published])).toMatchObject({ status: "built_not_published" });
  expect(await status(packaged, [named])).toEqual({ status: "succeeded", evidence: [named] });
  const buckets = { assets: "a", scratch: "s", downloads: "d", state: "m" };
  expect(evidenceText(named, buckets)).toBe("muster 1.2.3-1~bookworm in s3://d/debian/dists/bookworm");
  expect(evidenceText({ ...named, architecture: "arm64" }, buckets)).toMatch(/^muster 1.2.3-1~bookworm arm64 in /);
});
