import { DescribeRuleCommand } from "@aws-sdk/client-eventbridge";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { activity, definePipeline, fixedPlatforms, forEachPlatform, forEachVersion, sequence } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { expect, test } from "vitest";
import { drillWorld } from "../../testing/drill-world.ts";
import type { StepReport } from "./drill.ts";
import { refuseOthersBuilds } from "./drill-command.ts";
import { DRILL_STEPS, type DrillStep } from "./drill-steps.ts";
import { drillMarkdown } from "./report-drill.ts";
import { runDrill } from "./run-drill.ts";

const pipelineOn = (market: "on-demand" | "spot") => {
  const worker = { instanceTypes: ["t3.micro"], market } as const;
  return definePipeline({
    name: "drilled",
    summary: "Drilled",
    platforms: fixedPlatforms("debian-12-bookworm"),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
    flow: forEachVersion(
      sequence(
        activity({ name: "Fetch", per: "version", worker, script: "fetch.sh", timeout: 600 }),
        forEachPlatform(activity({ name: "Compile", per: "platform", worker, script: "compile.sh", timeout: 600 })),
      ),
    ),
  });
};
const steps = Object.keys(DRILL_STEPS) as DrillStep[];
const verdicts = (reports: readonly StepReport[]) =>
  Object.fromEntries(reports.map(({ step, verdict }) => [step, verdict]));

const report = (steps: readonly StepReport[]) =>
  drillMarkdown({
    stage: "drilled",
    pipeline: "drilled",
    region: "us-west-2",
    against: "local",
    startedAt: new Date("2026-11-30T12:00:00Z"),
    steps,
  });

test("on a stage of the local AWS all steps hold, and nothing is otherwise", async () => {
  await using world = await drillWorld(pipelineOn("spot"));
  const reports = await world.until(runDrill(world.drill, steps));
  expect(report(reports)).toMatchInlineSnapshot(`
    "**Drill of \`drilled\`: 6 of 6 held, 0 not, 0 not rehearsed**

    drilled in us-west-2, against local, from 2026-11-30T12:00Z.

    | step | verdict | took | saw |
    | --- | --- | --- | --- |
    | build | held | 60 s | the build succeeded: 2 tasks on 2 workers |
    | killed-worker | held | 70 s | Fetch-1.2.3 was taken from its worker after 0 s (Muster.WorkerInterrupted); another worker did it; the build succeeded |
    | spot-interruption | held | 2 min | Fetch-1.2.3 was done in the time between notice and end; the build succeeded |
    | lost-event | held | 6 min | Fetch-1.2.3 was taken from its worker after 295 s (States.Timeout); another worker did it; the build succeeded |
    | reaper | held | 22 min | marked after 20 min; ended after 22 min: it never became ready |
    | teardown | held | 0 s | no machine, claim or held lease was left after 0 min; objects lie in state: a destroy stops until stages.ts calls the stage disposable |

    Nothing was otherwise than on \`local\`."
  `);
  const { State } = await world.events.send(new DescribeRuleCommand({ Name: "repair" }));
  expect(State).toBe("ENABLED");
});

test("what cannot be rehearsed is said, and is no failure", async () => {
  await using world = await drillWorld(pipelineOn("on-demand"), { rules: false, taskSeconds: 0 });
  const { interruptSpot: _, ...drill } = world.drill;
  const reports = await world.until(runDrill(drill, ["killed-worker", "spot-interruption", "lost-event"]));
  expect(verdicts(reports)).toEqual({
    "killed-worker": "not rehearsed",
    "spot-interruption": "not rehearsed",
    "lost-event": "not rehearsed",
  });
  expect(reports.map(({ saw }) => saw[0])).toEqual([
    "no task took long enough for its worker to be seen with it",
    "no step of this stage has workers on spot capacity",
    "no rule tells this stage of its machines",
  ]);
  const spot = await drillWorld(pipelineOn("spot"));
  const [unarmed] = await spot.until(runDrill({ ...spot.drill, interruptSpot: undefined }, ["spot-interruption"]));
  expect(unarmed).toMatchObject({ verdict: "not rehearsed", saw: [expect.stringContaining("--spot-role")] });
  await spot[Symbol.asyncDispose]();
});

test("what AWS refuses is an outcome, with its own words and without the account, and the next step is done all the same", async () => {
  await using world = await drillWorld(pipelineOn("on-demand"));
  const { description } = world.drill;
  const functions = { ...description.functions, Reap: description.functions.Reap?.replace("Reap", "Nobody") ?? "" };
  const reports = await world.until(
    runDrill({ ...world.drill, description: { ...description, functions } }, ["reaper", "teardown"]),
  );
  expect(verdicts(reports)).toEqual({ reaper: "not held", teardown: "held" });
  expect(report(reports)).toMatch(
    /^- reaper: ResourceNotFoundException: .*Nobody.*, where `local` does as it is asked$/m,
  );
  expect(report(reports)).not.toMatch(/\d{12}/);
});

test("a stage is not to be taken down while something is claimed, or a lease is held", async () => {
  await using world = await drillWorld(pipelineOn("on-demand"));
  const { clients, description, clock } = world.drill;
  const records = stateRecords(clients.s3, description.buckets.state);
  const lease = { holder: "i-1", fencing: 1, expiresAt: new Date(clock.now() + 3_600_000).toISOString() };
  await records.write(stateKey.claim("Fetch", "i-1"), {});
  await records.write(stateKey.exclusiveLease("Fetch"), { ...lease, released: false });
  await records.write(stateKey.exclusiveLease("Compile"), { ...lease, released: true });
  const [left] = await world.until(runDrill(world.drill, ["teardown"]));
  expect(left).toMatchObject({
    verdict: "not held",
    saw: ["claims/Fetch/i-1.json is still there", "leases/exclusive/Fetch.json is still there"],
    seconds: 25 * 60,
  });
  await records.delete([stateKey.claim("Fetch", "i-1")]);
  await records.write(stateKey.exclusiveLease("Fetch"), { ...lease, released: true });
  const disposable = { ...world.drill, disposable: true };
  expect((await world.until(runDrill(disposable, ["teardown"])))[0]).toMatchObject({
    verdict: "held",
    saw: [
      "no machine, claim or held lease was left after 0 min",
      `objects lie in ${description.buckets.state}: a destroy deletes them`,
    ],
  });
});

test("a stage on which somebody builds is left alone", async () => {
  await using world = await drillWorld(pipelineOn("on-demand"));
  const { clients, description } = world.drill;
  await expect(refuseOthersBuilds(world.drill)).resolves.toBeUndefined();
  const { stateMachineArn } = description;
  const input = JSON.stringify({ inputs: ["1.2.3"] });
  await clients.sfn.send(new StartExecutionCommand({ stateMachineArn, name: "release", input }));
  await expect(refuseOthersBuilds(world.drill)).rejects.toMatchObject({
    message: "release runs on drilled, and a drill would take its workers away",
    hint: "muster stop release --stage drilled, or wait for its end",
  });
});
