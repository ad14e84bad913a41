import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { type BuildPlan, planBuild } from "@muster/lambdas";
import { listSteps, type Pipeline, parseBuildInput, type Results, type S3Object, taskName } from "@muster/pipeline";
import { leaveEvidence } from "@muster/simulation";
import { expect, test } from "vitest";
import { decisionWorld } from "./decision-world.ts";
import { playScript } from "./played-release.ts";
import { PLATFORMS, platformList, randomNumbers, randomRelease } from "./random-release.ts";

const VERSIONS = ["1.2.3", "1.2.4"];
/** Of each pipeline, one after the other: what one leaves, and somebody removes, the next one finds. */
const BUILDS = 8;

interface Comparison {
  readonly words: string;
  /** Steps of which the plan says that they would run, or be skipped, and not that it depends. */
  readonly firm: number;
  readonly open: number;
  readonly followed: number;
  /** What ran and should not have, or the other way round. */
  readonly lies: readonly string[];
}

/** `pnpm --filter e2e plans` takes more. */
const pipelines = Number(process.env.PLANS ?? 12);

test("every step of which a plan says that it would run runs, and none else: random pipelines, buckets and words", async () => {
  const compared: Comparison[] = [];
  for (let seed = 1; seed <= pipelines; seed++) compared.push(...(await compareBuilds(seed)));
  expect(compared.flatMap(({ words, lies }) => lies.map((lie) => `${words}: ${lie}`))).toEqual([]);
  const sum = (of: (each: Comparison) => number) => compared.reduce((all, each) => all + of(each), 0);
  // A plan that only ever says that it depends says nothing; one that looks at nothing else than what is there now would not see what follows.
  expect(sum(({ firm }) => firm)).toBeGreaterThan(8 * sum(({ open }) => open));
  expect(sum(({ followed }) => followed)).toBeGreaterThan(compared.length / 2);
});

async function compareBuilds(seed: number): Promise<Comparison[]> {
  const pipeline = randomRelease(seed);
  const next = randomNumbers(seed + 1000);
  const compared: Comparison[] = [];
  const keepsItself = next() < 0.5;
  await using world = await decisionWorld(pipeline, async (task) => {
    await playScript(task, { s3: world.s3, pipeline, keepsItself, platforms: PLATFORMS });
    return 2 + Math.floor(next() * 50);
  });
  for (let build = 0; build < BUILDS; build++) {
    await forgetSome(world.s3, next);
    for (const version of VERSIONS) {
      const text = (version === VERSIONS[0] || next() < 0.7 ? PLATFORMS : PLATFORMS.slice(0, 1)).join("\n");
      await leaveEvidence(world.s3, platformList(version), { buckets: world.stage.buckets, text });
    }
    // Nobody can say of what it has tasks, and the rest is planned.
    const lost = next() < 0.1 ? [VERSIONS[1] as string] : [];
    for (const version of lost) await remove(world.s3, platformList(version));
    const words = randomWords(pipeline, next);
    const input = parseBuildInput(words, pipeline, { today: world.now() });
    const plan = await planBuild(input, { pipeline, stage: world.stage, s3: world.s3, now: world.now });
    const results = await world.build(input);
    compared.push({ words: `${seed} ${words.join(" ")}`, ...compare(plan, results) });
  }
  return compared;
}

async function forgetSome(s3: S3Client, next: () => number): Promise<void> {
  for (const bucket of ["scratch", "downloads"] as const) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    for (const { Key = "" } of Contents) if (next() < 0.4) await remove(s3, { bucket, key: Key });
  }
}

async function remove(s3: S3Client, { bucket, key }: S3Object): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

function randomWords(pipeline: Pipeline, next: () => number): string[] {
  const some = (of: readonly string[], share: number) => of.filter(() => next() < share);
  const named = some(VERSIONS, 0.6);
  const versions = named.length > 0 ? named : VERSIONS.slice(0, 1);
  const steps = pipeline.activities.map(({ name }) => name);
  const mode = next();
  const platforms = next() < 0.4 ? (versions.includes(VERSIONS[0] as string) ? PLATFORMS : PLATFORMS.slice(0, 1)) : [];
  const asked = mode < 0.25 ? some(steps, 0.5) : [];
  const again = next() < 0.4 ? some(asked.length > 0 ? asked : steps, 0.3) : [];
  return [
    ...versions,
    ...some(platforms, 0.6),
    ...asked,
    ...again.flatMap((step) => ["--rerun", step]),
    ...(next() < 0.1 ? ["--force"] : []),
    ...(mode > 0.95 ? ["--fake-ec2"] : []),
  ];
}

function compare({ tasks }: BuildPlan, results: Results): Omit<Comparison, "words"> {
  const ran = new Set(
    listSteps(results).flatMap(({ step, result, ...place }) =>
      result.success !== undefined ? [taskName(step, place)] : [],
    ),
  );
  const firm = tasks.flatMap(({ step }) => (step.run === null || step.unless !== null ? [] : [step]));
  const lies = firm
    .filter(({ task, run }) => run !== ran.has(task as string))
    .map(({ task, run, reason, after }) => `${task} ${run ? "did not run" : "ran"}: ${reason} [${after.join(", ")}]`);
  const followed = firm.filter(({ after }) => after.length > 0).length;
  return { firm: firm.length, open: tasks.length - firm.length, followed, lies };
}
