import { expect, test } from "vitest";
import { stage, usual } from "../../testing/sample-stages.ts";
import { loadSample, type SynthesisedStack } from "../../testing/synth-stage.ts";

interface Rule {
  readonly filter?: readonly { readonly prefix: string }[];
  readonly expiration?: readonly { readonly days?: number }[];
}

/** Whether a bucket's life cycle ends an object. */
function expires(stack: SynthesisedStack, bucket: string, key: string): boolean {
  const { rule } = stack.resource.aws_s3_bucket_lifecycle_configuration?.[`${bucket}_bucket_lifecycle`] ?? {};
  return (rule as Rule[]).some(
    ({ filter, expiration }) =>
      expiration?.some(({ days }) => days !== undefined) && filter?.some(({ prefix }) => key.startsWith(prefix)),
  );
}

test.each(["hhvm", "muster"])("keys that sign releases of %s lie where nothing expires them", async (name) => {
  const { pipeline, stack } = await loadSample(stage(name, usual(name)));
  const read = pipeline.activities.flatMap(({ access }) => access?.reads ?? []);
  const keys = read.filter(({ bucket }) => bucket === "state").map(({ key }) => key);
  expect(keys).toContainEqual(expect.stringMatching(/^signing\//));
  expect(keys.filter((key) => expires(stack, "state", key))).toEqual([]);
});

test("what is built but not published, and records of finished builds, expire", async () => {
  const { stack } = await loadSample(stage("hhvm", usual("hhvm")));
  expect(expires(stack, "scratch", "4.28.2/debian-11-bullseye/hhvm_4.28.2-1~bullseye_amd64.deb")).toBe(true);
  expect(expires(stack, "state", "attempts/MakeSource/some-build/MakeSource-1.2.3/1.json")).toBe(true);
  expect(expires(stack, "state", "leases/exclusive/PublishBinaryPackages.json")).toBe(false);
});
