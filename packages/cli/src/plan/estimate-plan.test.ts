import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { CreateStateMachineCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { planBuild } from "@muster/lambdas";
import {
  activity,
  type BuildInput,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  type StageDescription,
  scratch,
} from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { describeLocalStage } from "../stages/local/describe-local-stage.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { estimatePlan } from "./estimate-plan.ts";
import { wholeLines } from "./whole-lines.ts";

const Fetch = activity({
  name: "Fetch",
  per: "version",
  script: "source.sh",
  timeout: hours(1),
  estimatedDuration: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [scratch(version)],
});
const Make = activity({
  name: "Make",
  per: "platform",
  script: "package.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["c7i.4xlarge"], pricePerHour: 0.6 },
  maxWorkers: 2,
});
const platforms = ["debian-12-bookworm", "debian-13-trixie", "ubuntu-24.04-noble"] as const;
const pipeline = definePipeline({
  name: "small",
  summary: "For estimates",
  platforms: fixedPlatforms(...platforms),
  flow: forEachVersion(Fetch, forEachPlatform(Make)),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});
const build: BuildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" };

interface Attempted {
  readonly task: string;
  readonly seconds: number;
  readonly at?: string;
  readonly instance?: string;
  readonly result?: string;
  readonly debug?: string;
}

/** A stage in memory on which builds have been, with what their workers recorded. */
async function recordedStage(overrides: Partial<StageDescription> = {}) {
  const base = await stageForTests();
  const { s3, sfn } = base.clients;
  const description = { ...describeLocalStage(pipeline, { dir: "/nowhere", subnets: [] }), ...overrides };
  const { state } = description.buckets;
  for (const Bucket of Object.values(description.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  await sfn.send(
    new CreateStateMachineCommand({
      name: description.stateMachineArn.split(":").at(-1) ?? "",
      roleArn: "arn:aws:iam::000000000000:role/any",
      definition: JSON.stringify({ StartAt: "End", States: { End: { Type: "Pass", End: true } } }),
    }),
  );
  const put = (Key: string, value: unknown) =>
    s3.send(new PutObjectCommand({ Bucket: state, Key, Body: JSON.stringify(value) }));
  return {
    stage: { s3, sfn, description, isBilled: true },
    aws: base.aws,
    put,
    async built(name: string, attempts: readonly Attempted[]) {
      await sfn.send(new StartExecutionCommand({ stateMachineArn: description.stateMachineArn, name }));
      for (const { task, at = "2026-11-24T12:00:00.000Z", instance = "i-1", ...rest } of attempts)
        await put(stateKey.attempt(name, task, instance, at), statement(task, { at, ...rest }));
    },
    async plan(input: Partial<BuildInput> = {}, isBilled = true) {
      const asked = { ...build, ...input };
      const plan = await planBuild(asked, { pipeline, stage: description, s3 });
      const serviceQuotas = async () => new ServiceQuotasClient({ ...base.aws.clientConfig(), maxAttempts: 1 });
      const stage = { s3: async () => s3, sfn, description, isBilled, ...(isBilled && { serviceQuotas }) };
      return estimatePlan(stage, plan, asked);
    },
    [Symbol.asyncDispose]: () => base[Symbol.asyncDispose](),
  };
}

function statement(
  task: string,
  { at, seconds, result = "success", debug = "" }: Pick<Attempted, "seconds" | "result" | "debug"> & { at: string },
) {
  const finishedOn = new Date(Date.parse(at) + seconds * 1000).toISOString();
  return {
    predicate: {
      buildDefinition: { externalParameters: { activity: task.split("-")[0], debug } },
      runDetails: {
        metadata: { startedOn: at, finishedOn },
        byproducts: [{ name: "outcome", annotations: { result } }],
      },
    },
  };
}

test("a record tells of the step whose workers wrote it, whatever it says", async () => {
  await using world = await recordedStage();
  await world.built("first", [{ task: "Make-1.2.1-debian-12-bookworm", seconds: 100 }]);
  const at = "2026-11-24T12:00:00.000Z";
  await world.put(
    stateKey.attempt("first", "Make-1.2.2-debian-12-bookworm", "i-2", at),
    statement("Fetch-1.2.2", { at, seconds: 1 }),
  );
  const { steps } = await world.plan();
  expect(steps.find(({ task }) => task?.startsWith("Fetch"))).toMatchObject({
    seconds: 600,
    secondsFrom: "definition",
  });
  expect(steps.find(({ task }) => task?.endsWith("bookworm"))).toMatchObject({ seconds: 50.5, secondsFrom: "records" });
});

test("a step takes what its last attempts took, on its own platform where there were any, or else what the definition says", async () => {
  await using world = await recordedStage();
  await world.built("first", [
    { task: "Make-1.2.1-debian-12-bookworm", seconds: 100, instance: "i-1" },
    { task: "Make-1.2.1-debian-12-bookworm", seconds: 9000, instance: "i-2", result: "failure" },
    { task: "Make-1.2.1-debian-13-trixie", seconds: 300, instance: "i-3" },
    { task: "Make-1.2.1-debian-13-trixie", seconds: 1, instance: "i-4", debug: "fake_ec2" },
  ]);
  await world.built("second", []);
  const former = stateKey.attempt("second", "Make-1.2.2-debian-12-bookworm", "i-5", "2026-11-24T12:00:00.000Z");
  // As records lay before keys held the activity.
  await world.put(
    former.replace("attempts/Make/", "attempts/"),
    statement("Make-1.2.2-debian-12-bookworm", { at: "2026-11-24T12:00:00.000Z", seconds: 120 }),
  );
  const { steps, whole, recordsProblem } = await world.plan();
  expect(recordsProblem).toBeNull();
  expect(steps.map(({ task, seconds, secondsFrom }) => [task, seconds, secondsFrom])).toEqual([
    ["Fetch-1.2.3", 600, "definition"],
    ["Make-1.2.3-debian-12-bookworm", 110, "records"],
    ["Make-1.2.3-debian-13-trixie", 300, "records"],
    ["Make-1.2.3-ubuntu-24.04-noble", 120, "records"],
  ]);
  // Two at once: one makes the first and the last, the other what takes longest.
  expect(whole).toMatchObject({
    seconds: 900,
    tasksOfUnknownTime: 0,
    bootSeconds: null,
    workersAtOnce: 3,
    vcpusAtOnce: 34,
  });
  expect(whole.criticalPath).toEqual(["Fetch-1.2.3", "Make-1.2.3-debian-13-trixie"]);
  expect(whole.limits).toEqual([{ activity: "Make", most: 2, unit: "workers" }]);
});

test("EC2's quotas that it would use up are named, by its workers at once; on one machine there are none", async () => {
  await using world = await recordedStage();
  world.aws.setVcpuQuotas({ onDemand: 20, spot: 0 });
  const plan = await world.plan();
  // Two of sixteen vCPUs, beside one of two that waits for another task.
  expect(plan.whole.quotas).toEqual([{ code: "L-1216C47A", market: "on-demand", vcpus: 20, wanted: 34 }]);
  expect(wholeLines(plan).find(([label]) => label === "quota")?.[1]).toMatch(/^EC2 allows this account 20 on-demand /);
  expect((await world.plan({}, false)).whole.quotas).toEqual([]);
  world.aws.failCalls({ service: "servicequotas" }, { code: "AccessDeniedException", message: "no", status: 400 });
  const unread = await world.plan();
  expect(unread.whole.quotas).toEqual([]);
  expect(wholeLines(unread)).toContainEqual(["quotas", "not known: AccessDeniedException: no"]);
});

test("what it costs is what machines cost for their whole life, waiting for more included", async () => {
  await using world = await recordedStage();
  await world.built("first", [{ task: "Make-1.2.1-debian-12-bookworm", seconds: 3600 }]);
  const { steps, whole } = await world.plan();
  expect(steps.map(({ dollars }) => dollars)).toEqual([expect.closeTo(0.0019, 3), 0.6, 0.6, 0.6]);
  // Fetch: 10 minutes and 10 of waiting; Make: 3 hours on two workers that each wait for 10 minutes.
  expect(whole.machineHours).toBeCloseTo(20 / 60 + 3 + 20 / 60, 5);
  expect(whole.dollars).toBeCloseTo((20 / 60) * 0.0116 + (3 + 20 / 60) * 0.6, 2);
  const here = await world.plan({}, false);
  expect(here.whole).toMatchObject({ dollars: 0, vcpusAtOnce: 0, machineHours: expect.closeTo(10 / 60 + 3, 5) });
});

test("the start of a worker counts once it is known", async () => {
  await using world = await recordedStage();
  await world.built("first", [
    { task: "Make-1.2.1-debian-12-bookworm", seconds: 100, at: "2026-11-24T12:01:30.000Z", instance: "i-1" },
    { task: "Make-1.2.1-debian-13-trixie", seconds: 100, at: "2026-11-24T12:05:00.000Z", instance: "i-1" },
  ]);
  await world.put(stateKey.launch("Make", "2026-11-24T12:00:00.000Z", "token"), {
    activity: "Make",
    clientToken: "token",
    requestedAt: "2026-11-24T12:00:00.000Z",
    wanted: 1,
    market: "spot",
    launchedBy: "",
    demands: ["d"],
    finished: true,
    instances: ["i-1"],
    errors: [],
  });
  const { whole } = await world.plan({ platforms: ["debian-12-bookworm"] });
  expect(whole).toMatchObject({ bootSeconds: 90, seconds: 600 + 100 + 2 * 90 });
  world.stage.s3.middlewareStack.add(
    (next) => (call) => {
      if (!(call.input as { Prefix?: string }).Prefix?.startsWith("launches/")) return next(call);
      throw Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    },
    { step: "initialize" },
  );
  const refused = await world.plan({ platforms: ["debian-12-bookworm"] });
  expect(refused.whole).toMatchObject({ bootSeconds: null, seconds: 600 + 100 });
});

test("what is not known is said, and not invented", async () => {
  await using world = await recordedStage();
  const fresh = await world.plan();
  // Each of those that run at once has a worker, whatever its time.
  expect(fresh.whole.workersAtOnce).toBe(3);
  expect(fresh.steps.map(({ seconds }) => seconds)).toEqual([600, null, null, null]);
  expect(fresh.whole).toMatchObject({ seconds: 600, tasksOfUnknownTime: 3, machineHours: null, dollars: null });
  const makes = await world.plan({ activities: ["Make"] });
  expect(makes.whole).toMatchObject({ seconds: null, criticalPath: [], machineHours: null, dollars: null });
  expect(wholeLines(makes)[0]).toEqual([
    "time",
    "not known: nothing is recorded of these steps yet, and they have no estimatedDuration",
  ]);
  const played = await world.plan({ debug: "fake_ec2" });
  expect(played.whole.seconds).toBeNull();
  const skipped = await world.plan({ debug: "skip_ec2" });
  expect([skipped.whole.workersAtOnce, wholeLines(skipped)]).toEqual([0, []]);
});

test("records that cannot be read cost the estimates and not the plan", async () => {
  await using world = await recordedStage();
  await world.built("first", [{ task: "Make-1.2.1-debian-12-bookworm", seconds: 100 }]);
  world.stage.s3.middlewareStack.add(
    (next) => (call) => {
      if ((call.input as { Bucket?: string }).Bucket !== world.stage.description.buckets.state) return next(call);
      throw Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    },
    { step: "initialize" },
  );
  const estimated = await world.plan();
  expect(estimated.recordsProblem).toContain("Access Denied");
  expect(estimated.whole.seconds).toBe(600);
  expect(wholeLines(estimated)[0]?.[1]).toContain("no records could be read: Access Denied");
});

test("a stage's limits are told where the build comes up to them", async () => {
  await using world = await recordedStage({ maxWorkers: 2, maxCostPerHour: 0.5 });
  await world.built("first", [{ task: "Make-1.2.1-debian-12-bookworm", seconds: 3600 }]);
  const estimated = await world.plan();
  // Fetch's worker has to end before a second one can be launched for Make.
  expect(estimated.whole).toMatchObject({ workersAtOnce: 2 });
  expect(estimated.whole.limits).toEqual([
    { activity: "Make", most: 2, unit: "workers" },
    { activity: null, most: 2, unit: "workers" },
    { activity: null, most: 0.5, unit: "dollars an hour" },
  ]);
  expect(wholeLines(estimated)[1]?.[1]).toMatch(
    /up to 2 workers at once \(32 vCPUs of EC2's quotas\); Make may have 2 workers; the stage may have 2 workers; the stage may cost \$0\.50 an hour/,
  );
});
