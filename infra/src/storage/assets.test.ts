import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { resourcesOf } from "../../testing/references.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { builtParts, type SynthesisedStack, synthStage } from "../../testing/synth-stage.ts";
import { synthesise } from "../synthesise.ts";
import { sha256 } from "./assets.ts";

test.each(["hhvm", "muster"])("nothing of %s is uploaded before its bucket keeps versions", async (pipeline) => {
  const stack = await synthStage(stage("test", usual(pipeline)));
  const uploads = resourcesOf(stack, "aws_s3_object");
  expect(uploads.length).toBeGreaterThan(0);
  for (const [name, { depends_on }] of uploads)
    expect(depends_on, name).toContain("aws_s3_bucket_versioning.assets_bucket_versioning");
});

test("a file that changed has another digest, though its size is the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-assets-"));
  const file = join(folder, "script.sh");
  try {
    for (const [second, content] of ["one", "two", "one"].entries()) {
      writeFileSync(file, content);
      utimesSync(file, second, second);
      expect(sha256(file)).toBe(createHash("sha256").update(content).digest("hex"));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const definition = (scripts: readonly string[]) => `
import { activity, definePipeline, fixedPlatforms, forEachVersion } from "@muster/pipeline";
const steps = ${JSON.stringify(scripts)}.map((script, index) =>
  activity({ name: "Make" + index, per: "version", script, timeout: 600, worker: { instanceTypes: ["t3.micro"] } }));
export default definePipeline({
  name: "outside", summary: "Scripts of other packages", platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(...steps), image: "/image", dummyScript: "dummy.sh", invalidates: [],
});
`;

/** A stage of a pipeline with a script in each of some packages beside it, under the name that all of them have. */
async function synthOutside(packages: readonly string[]): Promise<SynthesisedStack> {
  const parts = builtParts("outside");
  try {
    const scripts = packages.map((name) => join(parts.folder, name, "scripts/make.sh"));
    const folder = join(parts.folder, "pipelines/outside");
    for (const path of [...scripts, join(folder, "dummy.sh")]) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, `#!/bin/sh\n# ${path}\n`, { mode: 0o755 });
    }
    symlinkSync(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "pipeline.ts"), definition(scripts.map((path) => pathToFileURL(path).href)));
    const outdir = join(parts.folder, "out");
    await synthesise({ stages: [stage("test", usual("outside"))], outdir, ...parts });
    return JSON.parse(readFileSync(join(outdir, "stacks/test/cdk.tf.json"), "utf8"));
  } finally {
    parts.remove();
  }
}

test("a script of another package is uploaded under that package's name", async () => {
  const stack = await synthOutside(["recipes", "ours"]);
  const keys = resourcesOf(stack, "aws_s3_object").map(([, { key }]) => key);
  expect(keys).toEqual(expect.arrayContaining(["recipes/scripts/make.sh", "ours/scripts/make.sh", "dummy.sh"]));
});

test("two files that would be uploaded as one are both named", async () => {
  await expect(synthOutside(["a/recipes", "b/recipes"])).rejects.toThrow(
    /a\/recipes\/scripts\/make\.sh and .*b\/recipes\/scripts\/make\.sh would both be uploaded as recipes\/scripts\/make\.sh/,
  );
});
