import { expect, test } from "vitest";
import { activityOfTask } from "./activity-of-task.ts";
import { taskName } from "./task.ts";

test.each([
  { per: "build" },
  { per: "version", version: "1.2.3-rc.1" },
  { per: "platform", version: "1.2.3", platform: "ubuntu-18.04-bionic" },
] as const)("a task's name tells its activity: $per", (place) => {
  expect(activityOfTask(taskName("MakeSource", place))).toBe("MakeSource");
});
