import { type Figure, median } from "./figure.ts";
import { withStage } from "./recorded-stage.ts";

const ROUNDS = 7;

/** From the start of the user data's process to the first poll that arrives. */
export async function firstPoll(): Promise<Figure[]> {
  const durations: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await withStage(async (stage) => {
      const task = await stage.publish();
      const worker = await stage.startWorker({ script: "exit 0" });
      await task.ended;
      durations.push((stage.timesOf("GetActivityTask")[0] ?? Number.NaN) - worker.startedMs);
    });
  }
  return [
    {
      what: `first poll after the process's start, median of ${ROUNDS}`,
      value: median(durations),
      unit: "ms",
      goal: 400,
    },
  ];
}
