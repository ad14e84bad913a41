import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachVersion,
  hours,
  minutes,
  parallel,
  type Retry,
  scratch,
} from "@muster/pipeline";
import { machineWorld, type Work } from "@muster/simulation";
import { expect, test } from "vitest";

const step = (name: string, retries?: readonly Retry[]) =>
  activity({
    name,
    per: "version",
    script: "make.sh",
    timeout: hours(2),
    startTimeout: minutes(10),
    worker: { instanceTypes: ["t3.micro"] },
    produces: ({ version }) => [scratch(`${name}/${version}`)],
    ...(retries !== undefined && { retries }),
  });

const pipelineOf = (retries?: readonly Retry[]) =>
  definePipeline({
    name: "retries",
    summary: "Steps that fail",
    platforms: fixedPlatforms("any"),
    flow: forEachVersion(parallel(step("Compile", retries), step("Other"))),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });

/** Of work in each attempt. */
const SECONDS = 5;
const failed = "Muster.ScriptFailed";

/** What Compile's attempts end with, the last one for all that follow. */
async function compile(retries: readonly Retry[] | undefined, ...ends: (string | undefined)[]) {
  const work: Work = ({ activity }, attempt) => {
    const error = activity === "Compile" ? ends[Math.min(attempt, ends.length) - 1] : undefined;
    return { seconds: SECONDS, ...(error !== undefined && { error }) };
  };
  await using world = await machineWorld(pipelineOf(retries), { work });
  const build = await world.build("1.2.3");
  const attempts = world.worked.filter(({ task }) => task === "Compile-1.2.3");
  const published = build.published.filter(({ task }) => task === "Compile-1.2.3");
  const rests = published.slice(1).map(({ at }, index) => (at - (attempts[index]?.at ?? 0)) / 1000 - SECONDS);
  const arn = world.stage.activities.Compile;
  return {
    ...build,
    attempts,
    rests,
    launched: world.launched.filter(({ activityArn }) => activityArn === arn).length,
  };
}

test("a script's failure is final at once where its activity has no retries, and the build says so within minutes", async () => {
  const { status, attempts, seconds, message, states } = await compile([], failed);
  expect(status).toBe("FAILED");
  expect(attempts).toHaveLength(1);
  expect(message).toContain("Compile 1.2.3");
  expect(seconds).toBeLessThan(120);
  expect(states).toContain("Other");
  const usual = await compile(undefined, failed);
  expect(usual.attempts).toHaveLength(3);
  expect(usual.seconds).toBeGreaterThan(360);
});

test("the machine of an activity without retries may be lost five times: it is not its script that failed", async () => {
  const lost = Array.from({ length: 5 }, () => "Muster.WorkerInterrupted");
  expect(await compile([], ...lost, undefined)).toMatchObject({ status: "SUCCEEDED", attempts: { length: 6 } });
  expect(await compile([], ...lost, failed)).toMatchObject({ status: "FAILED", attempts: { length: 6 } });
});

test("each error is tried again as its rule says", async () => {
  const retries: Retry[] = [
    { errors: ["MirrorDown"], maxAttempts: 3, interval: 30, backoffRate: 2, maxDelay: 100 },
    { maxAttempts: 0 },
  ];
  const patient = await compile(retries, "MirrorDown", "MirrorDown", "MirrorDown", undefined);
  expect(patient.status).toBe("SUCCEEDED");
  expect(patient.rests).toEqual([30, 60, 100]);
  const hasty = await compile(retries, "MirrorDown", failed);
  expect(hasty).toMatchObject({ status: "FAILED", attempts: { length: 2 } });
});

test("a task that rests for hours has a worker then, and none meanwhile", async () => {
  const { status, attempts, rests, launched } = await compile(
    [{ maxAttempts: 1, interval: hours(3) }],
    failed,
    undefined,
  );
  expect(status).toBe("SUCCEEDED");
  expect(rests).toEqual([hours(3)]);
  // Played workers do not say that they are ready, and are replaced once.
  expect(launched).toBeLessThanOrEqual(3);
  const [first, second] = attempts.map(({ at }) => at / 1000);
  expect((second ?? 0) - (first ?? 0)).toBeLessThan(hours(3) + minutes(6));
});
