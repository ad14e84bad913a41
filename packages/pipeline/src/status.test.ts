import { expect, test } from "vitest";
import type { Artifacts } from "./artifacts.ts";
import { downloads, type S3Object, scratch } from "./s3-object.ts";
import { statusOf } from "./status.ts";

const built = [scratch("a.deb"), scratch("b.deb")];
const published = [downloads("a.deb"), downloads("b.deb")];
const both: Artifacts<"version"> = { produces: () => built, publishes: () => published };
const subject = { per: "version", version: "1.2.3", platforms: [] } as const;

const status = (artifacts: Artifacts<"version">, there: readonly S3Object[]) =>
  statusOf(artifacts, subject, async (object) => there.includes(object));

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
