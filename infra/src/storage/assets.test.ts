import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resourcesOf } from "../../testing/references.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { synthStage } from "../../testing/synth-stage.ts";
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
