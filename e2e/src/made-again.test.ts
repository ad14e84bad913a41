import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { createWorkspace } from "./workspace.ts";

interface Step {
  readonly key: string;
  readonly state: string;
  readonly reason?: string;
}

const PACKAGES = ["MakePackage-1.2.3-debian-12-bookworm", "MakePackage-1.2.3-ubuntu-24.04-noble"];

/** Reads its source, and says in what it stores that it was made again. */
const READS_ITS_SOURCE = `muster-s3 cp "$S3_SOURCE" source > cp.log; MUSTER_TASK="$MUSTER_TASK\${MADE_AGAIN:+, again}"`;

test("what is there says when it would be made otherwise, is skipped all the same, and is made again when that is asked for", async () => {
  await using workspace = await createWorkspace();
  const scripts = { MakeSource: 'MUSTER_TASK="$MUSTER_TASK $RANDOM$RANDOM"', MakePackage: READS_ITS_SOURCE };
  const pipeline = await writeProbePipeline(workspace, scripts);
  const build = async (...words: string[]) => {
    const asked = ["build", "1.2.3", "--time-scale", "100", ...words, ...pipeline];
    const { exitCode, stdout, stderr } = await workspace.muster(...asked);
    expect(exitCode, stderr).toBe(0);
    const { steps } = await workspace.json<{ steps: Step[] }>("status", ...pipeline);
    const tasks = steps.filter(({ key }) => /^(Make|Publish)/.test(key));
    const ran = tasks.filter(({ state }) => state === "succeeded").map(({ key }) => key);
    return { stdout, stderr, tasks, ran };
  };
  const reasons = async (...words: string[]) => {
    const plan = await workspace.json<{ steps: Step[] }>("build", "1.2.3", "--plan", ...words, ...pipeline);
    return plan.steps.map(({ reason }) => reason);
  };
  await build();

  await writeProbePipeline(workspace, { ...scripts, MakePackage: `${READS_ITS_SOURCE} # mended` });
  const exists = (why: string) => expect.stringMatching(new RegExp(` exists${why}$`));
  expect(await reasons()).toEqual([
    exists(""),
    exists(", made by another script"),
    exists(", made by another script"),
    "nothing to publish",
  ]);

  // Of the steps that it was asked for.
  expect((await build("MakeSource", "--rerun", "MakeSource")).ran).toEqual(["MakeSource-1.2.3"]);
  const skipping = await build();
  expect(skipping.ran).toEqual([]);
  const why = exists(", made by another script and of other sources: s3://probe-scratch/source-1\\.2\\.3\\.txt");
  expect(skipping.tasks.map(({ reason }) => reason)).toEqual([exists(""), why, why, "nothing to publish"]);
  expect(skipping.stdout).toMatch(/^skipped, though made by another script or of other inputs: MakePackage ×2$/m);
  expect(skipping.stderr).toMatch(/^ +made otherwise before: MakePackage ×2; --rerun makes them again$/m);
  const told = await workspace.muster("why", PACKAGES[0] ?? "", ...pipeline);
  expect(told.stdout).toContain("exists, made by another script and of other sources");

  const again = await build("--rerun", "MakePackage");
  expect(again.ran).toEqual([...PACKAGES, "Publish-1.2.3"]);
  const published = await readFile(
    join(workspace.dir, ".muster/s3/probe-downloads/packages/1.2.3/debian-12-bookworm.pkg"),
    "utf8",
  );
  expect(published).toBe("MakePackage-1.2.3-debian-12-bookworm, again\n");
  expect((await reasons()).join()).not.toContain("made");

  const misspelt = await workspace.muster("build", "1.2.3", "--rerun", "MakePakage", ...pipeline);
  expect(misspelt).toMatchObject({
    exitCode: 2,
    stderr: 'muster: there is no step "MakePakage" that could be made again (did you mean MakePackage?)\n',
  });
}, 180_000);
