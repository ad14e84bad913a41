import { retriesOf, secondsUntilRetry } from "@muster/pipeline";
import type { TaskAttempt } from "../world/read-build.ts";
import type { Invariant } from "./invariant.ts";

/** What a state machine may be late by where functions stand between an attempt's end and the next: none do, but the calls of a retrier take time. */
const SLACK_MS = 2000;

export const retriesAsTheRulesSay: Invariant = {
  name: "a task is tried again as often, and after so long, as its rules say",
  broken: ({ builds, pipeline }) =>
    builds.flatMap(({ attempts, status }) => {
      const byTask = Map.groupBy(attempts, ({ task }) => task);
      return [...byTask].flatMap(([task, some]) => {
        const activity = pipeline.activities.find(({ name }) => name === some[0]?.activity);
        if (activity === undefined) return [`${task} is of no step of the pipeline`];
        return wrongWaits(task, some, { rules: retriesOf(activity), isOver: status !== "ABORTED" });
      });
    }),
};

const nameForRules = ({ error = "", heartbeatLost }: TaskAttempt): string =>
  heartbeatLost ? "States.HeartbeatTimeout" : error;

function wrongWaits(
  task: string,
  attempts: readonly TaskAttempt[],
  { rules, isOver }: { rules: ReturnType<typeof retriesOf>; isOver: boolean },
): string[] {
  return attempts.flatMap(({ error, endedMs = 0 }, index) => {
    if (error === undefined || error === "") return [];
    const errors = attempts.slice(0, index + 1).map(nameForRules);
    const seconds = secondsUntilRetry(rules, errors);
    const next = attempts[index + 1];
    if (next === undefined) {
      return seconds !== undefined && isOver ? [`${task} was not tried again after ${errors.join(", ")}`] : [];
    }
    if (seconds === undefined) return [`${task} was tried again after ${errors.join(", ")}`];
    const waitedMs = next.scheduledMs - endedMs;
    const isRight = waitedMs >= seconds * 1000 - 1 && waitedMs <= seconds * 1000 + SLACK_MS;
    return isRight ? [] : [`${task} was tried again ${waitedMs / 1000} s after ${errors.join(", ")}, not ${seconds} s`];
  });
}
