import { type Figure, median } from "./figure.ts";
import { type RecordedStage, withStage } from "./recorded-stage.ts";

/** Tasks one after the other, whose script does nothing: what is left is the agent's, the script's own start included. */
export const noOpTasks = (count: number): Promise<Figure[]> => withStage((stage) => runTasks(stage, count));

async function runTasks(stage: RecordedStage, count: number): Promise<Figure[]> {
  await stage.startWorker({ script: "#!/bin/sh\nexit 0\n" });
  for (let task = 0; task < count; task++) await stage.runTask();
  const claimed = stage.timesOf("GetActivityTask");
  const durations = stage.timesOf("SendTaskSuccess").map((atMs, index) => atMs - (claimed[index] ?? Number.NaN));
  return [
    {
      what: `a no-op task from claim to report, median of ${count}`,
      value: median(durations),
      unit: "ms",
      goal: 15,
      digits: 1,
    },
  ];
}
