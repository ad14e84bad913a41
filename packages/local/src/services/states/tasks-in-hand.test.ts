import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendTaskFailureCommand, SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { statesFixture } from "./states-fixture.ts";

test("tasks in workers' hands are told with their workers, those that wait or have ended are not", async () => {
  await using states = statesFixture();
  const activityArn = await states.activity("build");
  const task = { Type: "Task", Resource: activityArn, End: true };
  await states.start({ Ended: task });
  await states.start({ Held: task });
  await states.start({ Waiting: task });
  const ended = await states.poll(activityArn, { workerName: "first" });
  await states.sfn.send(new SendTaskSuccessCommand({ taskToken: ended.taskToken, output: "{}" }));
  const held = await states.poll(activityArn, { workerName: "second" });
  expect(states.aws.tasksInHand()).toEqual([
    { taskToken: held.taskToken, workerName: "second", startedAt: new Date(states.clock.now()) },
  ]);
});

test("a task that a worker took before a restart can be given back before its heartbeat is missed", async () => {
  const dir = mkdtempSync(join(tmpdir(), "muster-in-hand-"));
  try {
    const clock = virtualClock();
    const before = statesFixture({ clock, dir });
    const activityArn = await before.activity("build");
    const executionArn = await before.start({
      Build: {
        Type: "Task",
        Resource: activityArn,
        HeartbeatSeconds: 300,
        Retry: [{ ErrorEquals: ["WorkerLost"], IntervalSeconds: 1 }],
        End: true,
      },
    });
    await before.poll(activityArn, { workerName: "lost" });
    await before.aws.close();

    await using after = statesFixture({ clock, dir });
    const [task] = after.aws.tasksInHand();
    expect(task?.workerName).toBe("lost");
    await after.sfn.send(new SendTaskFailureCommand({ taskToken: task?.taskToken, error: "WorkerLost" }));
    await after.pass(2);
    const again = await after.poll(activityArn, { workerName: "other" });
    await after.sfn.send(new SendTaskSuccessCommand({ taskToken: again.taskToken, output: "{}" }));
    expect((await after.end(executionArn)).status).toBe("SUCCEEDED");
    expect(after.aws.tasksInHand()).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
