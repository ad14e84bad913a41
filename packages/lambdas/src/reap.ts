import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { policyOf } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import * as z from "zod";
import { runningBuilds } from "./builds/running-builds.ts";
import { handler } from "./handler.ts";
import { chooseVictims } from "./reaping/choose-victims.ts";
import { dropOldRecords } from "./reaping/drop-old-records.ts";
import { ReaperMarks } from "./reaping/marks.ts";
import { watchIdle } from "./reaping/watch-idle.ts";
import { failClaim } from "./repair/fail-claim.ts";
import { progressOfBuilds } from "./repair/pending-tasks.ts";
import { describeWorkers } from "./workers/describe-workers.ts";

/** Terminates machines that nobody will miss: marked in one cycle, looked at again in the next, and only then ended. Never one that works. */
export const reap = handler("Reap", { input: z.unknown(), uses: ["ec2", "s3", "sfn"] }, async (_event, context) => {
  const { pipeline, stage, clients, now, log } = context;
  const { ec2, sfn } = clients;
  const { stateMachineArn } = stage;
  const records = stateRecords(clients.s3, stage.buckets.state);
  const builds = await progressOfBuilds(await runningBuilds(sfn, stateMachineArn), sfn);
  const working = new Set(
    builds.flatMap(({ tasks }) => tasks).flatMap(({ state, instance }) => (state === "running" && instance) || []),
  );
  const workers = await describeWorkers(ec2, stage);
  const marked = await records.read(stateKey.reaper, ReaperMarks);
  const { watched, due } = sorted(marked?.value ?? {});
  const around = { holdsTask: (instanceId: string) => working.has(instanceId), now: now() };
  const { victims: dueVictims, marks } = chooseVictims(workers, { ...around, marks: due });
  const { idleSeconds } = policyOf(stage);
  const { victims: hung, seen } = watchIdle(workers, { ...around, seen: watched, idleSeconds });
  const known = new Set(dueVictims.map(({ instanceId }) => instanceId));
  const victims = [...dueVictims, ...hung.filter(({ instanceId }) => !known.has(instanceId))];
  if (victims.length > 0) {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: victims.map(({ instanceId }) => instanceId) }));
    for (const { instanceId } of victims) {
      const activity = workers.find((worker) => worker.instanceId === instanceId)?.activity;
      if (activity) await failClaim(activity, instanceId, { records, sfn, now, log });
    }
    log.warn("workers terminated", { victims });
  }
  await records.write(stateKey.reaper, { ...seen, ...marks });
  const dropped = await dropOldRecords({ records, activities: pipeline.activities, sfn, stateMachineArn, now: now() });
  return { terminated: victims, marked: Object.keys(marks), dropped };
});

/** Machines that are watched for want of a task, and those whose end is due. */
function sorted(marks: ReaperMarks): { readonly watched: ReaperMarks; readonly due: ReaperMarks } {
  const [watched, due] = [true, false].map((isWatched) =>
    Object.fromEntries(Object.entries(marks).filter(([, { still }]) => (still !== undefined) === isWatched)),
  );
  return { watched: watched ?? {}, due: due ?? {} };
}
