import { expect, test } from "vitest";
import { stageWithWorkers } from "../testing/stage-with-workers.ts";

test("a task's script runs with the task's environment, and its success is reported with instance and time", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({
    script: 'echo "building $VERSION of $MUSTER_TASK"; echo \'{"note":"fine"}\' >"$MUSTER_RESULT"',
  });
  const task = await stage.publish();
  const { output } = await task.ended;
  expect(output).toEqual({ ec2: worker.instanceId, time_sec: expect.stringMatching(/^\d+$/), note: "fine" });
  expect(await stage.logLines(worker.instanceId)).toEqual([
    expect.stringContaining("MakeThing-1.2.3-debian-12-bookworm"),
    "building 1.2.3 of MakeThing-1.2.3-debian-12-bookworm",
    expect.stringContaining("succeeded"),
  ]);
});
