import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import {
  activity,
  approval,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  minutes,
  scratch,
  slack,
  sns,
} from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { ofAnyPipeline } from "./arranged-calls.ts";
import { eventually } from "./eventually.ts";
import { recordingWorld } from "./recording-world.ts";

const worker = { instanceTypes: ["t3.micro"] as const };
const MakeSource = activity({
  name: "MakeSource",
  per: "version",
  script: "store-source.sh",
  timeout: minutes(10),
  retries: [],
  worker,
  produces: ({ version }) => [scratch(`source-${version}`)],
});
const MakePackage = activity({
  name: "MakePackage",
  per: "platform",
  script: "wait.sh",
  heartbeat: 24,
  timeout: minutes(10),
  worker,
});
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "store-download.sh",
  timeout: minutes(10),
  worker,
  exclusive: true,
  changesDownloads: true,
  publishes: ({ version }) => [downloads(`published-${version}`)],
});
const ApproveRelease = approval({
  name: "ApproveRelease",
  summary: "Whether users get it",
  neededFor: ({ build }) => build.keepFailed === true,
});
const pipeline = definePipeline({
  name: "recorded",
  summary: "Makes every kind of call",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(ApproveRelease, MakeSource, forEachPlatform(MakePackage), Publish),
  image: "/image",
  dummyScript: "wait.sh",
  invalidates: ["/published-*"],
  notifies: [slack({ name: "team", webhook: "team-url" }), sns({ name: "topic" })],
});
const scripts = {
  "store-source.sh":
    "#!/bin/bash\n[ $VERSION != 4.0.0 ] && echo source > o && muster-s3 cp o s3://scratch/source-$VERSION\n",
  "wait.sh": '#!/bin/bash\nif [ "$VERSION" = 2.0.0 ]; then sleep 60; fi\n',
  "store-download.sh": "#!/bin/bash\necho published > o && muster-s3 cp o s3://downloads/published-$VERSION\n",
};
const HOUR = 3_600_000;

/**
 * What infra's policies are held against: see the policy tests there. `vitest run -u` writes the file anew.
 */
test("the calls of every function and worker are the recorded ones", async () => {
  await using folder = await scriptFolder();
  await using world = await recordingWorld(pipeline, { scripts: folder.path, large: ["1.0.0", "2.0.0"] });
  const { sfn, ec2, stateMachineArn } = world;
  const start = (name: string, input: string) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ input }) }));
  const ended = async (executionArn: string | undefined) => {
    return eventually("the build ends", async () => {
      const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status === "RUNNING" ? undefined : status;
    });
  };

  const first = await start("first", "1.0.0");
  expect(await ended(first.executionArn)).toBe("SUCCEEDED");
  await eventually("all workers of the first build have left", noWorker);

  // Another object is published: the page that is there is written over.
  await world.s3.send(
    new PutObjectCommand({ Bucket: world.stage.buckets.downloads, Key: "published-later", Body: "later" }),
  );
  const ofFirst = { id: first.executionArn ?? "", name: "first", startTime: new Date().toISOString() };
  const ofWords = { versions: ["1.0.0"], platforms: [], activities: [], debug: "" };
  await world.call("UpdateIndices", { results: {}, buildInput: ofWords, execution: ofFirst });

  // Somebody would be asked.
  const approved = { approval: "ApproveRelease", version: "1.0.0", buildInput: { ...ofWords, keepFailed: true } };
  await world.call("RequestApproval", { ...approved, token: "stale", execution: ofFirst });

  // A version is taken back: it is written down.
  const withdrawal = { inputs: ["0.9.0"], withdraw: { by: "tester" } };
  await world.call("ParseInput", { input: withdrawal, execution: ofFirst });
  await world.call("BuildStatus", { version: "0.9.0" });

  // A machine lost at work, by its event; an overlapping build refused.
  const second = await start("second", "2.0.0");
  const lost = await eventually("a worker packages", () => atWork("MakePackage"));
  const overlapping = await start("overlapping", "2.0.0");
  expect(await ended(overlapping.executionArn)).toBe("FAILED");
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
  const other = await eventually("another worker packages", () => atWork("MakePackage"));
  expect(other).not.toBe(lost);

  // The same without its event: the health check finds the claim, gives the task back and launches.
  await world.deliverEvents(false);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [other] }));
  await eventually("that one is gone too", () => isGone(other));
  const execution = { id: second.executionArn ?? "", name: "second", startTime: new Date().toISOString() };
  const buildInput = { versions: ["2.0.0"], platforms: [], activities: [], debug: "" };
  world.moveFunctionsAhead(HOUR / 4);
  await world.call("HealthCheck", { buildInput, execution });
  await eventually("a third worker packages", () => atWork("MakePackage"));
  await world.call("BuildStatus", { version: "2.0.0" });
  const makeSource = { failure: { Error: "States.Timeout" } };
  const results = { ForEachVersion: [{ version: "2.0.0", results: { MakeSource: makeSource } }] };
  expect(await world.call("CheckForFailures", { results, execution })).toHaveProperty("functionError");
  // The build is done while its wait begins.
  await world.call("EndHealthCheck", { execution });
  await world.call("HealthCheckWait", { token: "stale", execution });
  await world.deliverEvents(true);
  await sfn.send(new StopExecutionCommand({ executionArn: second.executionArn }));

  // A build that is stopped; its records are left to the reaper.
  await world.deliverEvents(false);
  const stopped = await start("stopped", "6.0.0");
  await eventually("its health check waits", () => isThere(stateKey.healthCheckToken("stopped")));
  await sfn.send(new StopExecutionCommand({ executionArn: stopped.executionArn }));

  // A script that fails, and the page of its build.
  const failing = await start("failing", "4.0.0");
  expect(await ended(failing.executionArn)).toBe("FAILED");
  await eventually("the attempt has its record", () => isThere(stateKey.attemptsAt("failing", "MakeSource-4.0.0")));
  const detail = { executionArn: failing.executionArn, stateMachineArn, status: "FAILED" };
  await world.call("KeepPage", { "detail-type": "Step Functions Execution Status Change", detail });

  const detailOfFirst = { executionArn: first.executionArn, stateMachineArn, status: "SUCCEEDED" };
  const endOfFirst = { "detail-type": "Step Functions Execution Status Change", detail: detailOfFirst };
  await world.call("KeepPage", endOfFirst);

  // Ends are told: of a build that succeeded, also a second time, of one that failed, and of one that a person stopped.
  for (const [build, status] of [
    [first, "SUCCEEDED"],
    [overlapping, "FAILED"],
    [failing, "ABORTED"],
    [first, "SUCCEEDED"],
  ] as const) {
    const detail = { executionArn: build.executionArn, stateMachineArn, status };
    await world.call("Notify", { "detail-type": "Step Functions Execution Status Change", detail });
  }

  // Machines that never boot: the task is given up, with the machine's last words; then the reaper ends them.
  world.moveFunctionsAhead(0);
  world.bootMachines(false);
  await eventually("all workers of the second build have left", noWorker);
  const third = await start("third", "3.0.0");
  const hung = await eventually("a machine boots", () => workerOf("MakeSource", "booting"));
  await eventually("a task waits", () => happened(third.executionArn, "ActivityScheduled"));
  const ofThird = { ...execution, id: third.executionArn ?? "", name: "third" };
  world.moveFunctionsAhead(0.6 * HOUR);
  await world.call("HealthCheck", { buildInput: { ...buildInput, versions: ["3.0.0"] }, execution: ofThird });
  // Another build, a large one, runs while the reaper looks; the hung machine had taken a task once.
  const fourth = await start("fourth", "2.0.0");
  await eventually("its platforms wait", () => happened(fourth.executionArn, "MapRunStarted"));
  const claim = { token: "stale", execution: "", task: "", activity: "MakeSource", instance: hung };
  const Body = JSON.stringify({ ...claim, claimedAt: new Date().toISOString() });
  const Key = stateKey.claim("MakeSource", hung);
  await world.s3.send(new PutObjectCommand({ Bucket: world.stage.buckets.state, Key, Body }));
  world.moveFunctionsAhead(25 * HOUR);
  await world.call("Reap", {});
  await world.call("Reap", {});
  await eventually("the machine has been reaped", () => isGone(hung));

  await expect(`${JSON.stringify(ofAnyPipeline(world.recorded(), pipeline), null, 2)}\n`).toMatchFileSnapshot(
    "../../../infra/testing/golden/recorded-calls.json",
  );

  async function noWorker(): Promise<true | undefined> {
    const filter = { Name: "instance-state-name", Values: ["pending", "running"] };
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
    return Reservations.length === 0 ? true : undefined;
  }
  async function isThere(Prefix: string): Promise<true | undefined> {
    const { KeyCount } = await world.s3.send(new ListObjectsV2Command({ Bucket: world.stage.buckets.state, Prefix }));
    return (KeyCount ?? 0) > 0 ? true : undefined;
  }
  async function happened(executionArn: string | undefined, event: string): Promise<true | undefined> {
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    return events.some(({ type }) => type === event) ? true : undefined;
  }
  async function workerOf(name: string, state: string): Promise<string | undefined> {
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: "tag:muster:activity", Values: [name] },
          { Name: "tag:muster:state", Values: [state] },
          { Name: "instance-state-name", Values: ["pending", "running"] },
        ],
      }),
    );
    return Reservations.flatMap(({ Instances = [] }) => Instances)[0]?.InstanceId;
  }
  /** A worker whose claim is written too: without one its task comes back by its heartbeat alone, when the next worker has left. */
  async function atWork(name: string): Promise<string | undefined> {
    const instanceId = await workerOf(name, "active");
    if (instanceId === undefined) return undefined;
    const Prefix = stateKey.claim(name, instanceId);
    const { KeyCount } = await world.s3.send(new ListObjectsV2Command({ Bucket: world.stage.buckets.state, Prefix }));
    return KeyCount === 1 ? instanceId : undefined;
  }
  async function isGone(instanceId: string): Promise<true | undefined> {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name === "terminated" ? true : undefined;
  }
});

async function scriptFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "muster-scripts-"));
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(path, name), text);
    await chmod(join(path, name), 0o755);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
