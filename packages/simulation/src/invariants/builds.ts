import { type Activity, listSteps, taskName } from "@muster/pipeline";
import { longestBuildMs } from "../faults/longest-build.ts";
import type { BuildRecord } from "../world/read-build.ts";
import type { Invariant } from "./invariant.ts";

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_EVENTS = 25_000;
const MOST_STATE_BYTES = 256 * 1024;

const shortName = ({ executionArn }: BuildRecord): string => executionArn.slice(executionArn.lastIndexOf(":") + 1);

export const buildsEnd: Invariant = {
  name: "every build ends, and no later than what went wrong meanwhile can have kept it",
  broken: ({ builds, recorded, leftovers, patienceMs }) => [
    ...leftovers.unended.map((arn) => `${arn} has not ended`),
    ...builds.flatMap((build) => {
      const { startedMs, endedMs } = build;
      const mostMs = patienceMs ?? longestBuildMs(recorded.faults.filter(({ atMs }) => atMs <= endedMs));
      return endedMs - startedMs <= mostMs
        ? []
        : [`${shortName(build)} took ${hours(endedMs - startedMs)}, and its faults ${hours(mostMs)} at most`];
    }),
  ],
};

const hours = (ms: number): string => `${(ms / 3_600_000).toFixed(1)} h`;

/** Stopped by people, or refused before it began: then it owes no task anything. */
const ownsUp = ({ status, results }: BuildRecord): boolean =>
  status === "SUCCEEDED" || (status === "FAILED" && results !== undefined);

export const tasksAreAccountedFor: Invariant = {
  name: "a task that was published has succeeded, or is named in the failure report with the error of its last attempt",
  broken: ({ builds }) =>
    builds.filter(ownsUp).flatMap((build) => {
      const results = new Map(
        listSteps(build.results ?? {}).map(({ step, result, ...place }) => [taskName(step, place), result]),
      );
      const names = [...new Set(build.attempts.map(({ task }) => task))];
      return names.flatMap((name) => {
        const last = build.attempts.findLast(({ task }) => task === name);
        const result = results.get(name);
        const where = `${name} of ${shortName(build)}`;
        if (last?.error === undefined) return [`${where} is open in a build that has ended`];
        if (last.error === "")
          return result?.success === undefined ? [`${where} succeeded, and its result says otherwise`] : [];
        if (result?.failure?.Error !== last.error) {
          return [`${where} failed with ${last.error}, and its result says ${result?.failure?.Error ?? "nothing"}`];
        }
        const [step, ...words] = [last.activity, ...name.slice(last.activity.length + 1).split("-")];
        const isNamed =
          build.message?.includes(step) && build.message.includes(words[0] ?? "") && build.message.includes(last.error);
        return isNamed ? [] : [`${where} failed with ${last.error}, and the report does not name it: ${build.message}`];
      });
    }),
};

export const successMeansAll: Invariant = {
  name: "a build that succeeded has a success of each of its tasks",
  broken: ({ builds }) =>
    builds
      .filter(({ status }) => status === "SUCCEEDED")
      .flatMap((build) =>
        listSteps(build.results ?? {})
          .filter(({ result }) => result.success === undefined && result.skip !== true)
          .map(({ step, result: _, ...place }) => `${taskName(step, place)} of ${shortName(build)} has no success`),
      ),
};

export const doneIsDone: Invariant = {
  name: "a task that succeeded is never published again in its build",
  broken: ({ builds }) =>
    builds.flatMap((build) =>
      build.attempts.flatMap((attempt, index) => {
        const done = build.attempts.slice(0, index).find(({ task, error }) => task === attempt.task && error === "");
        return done === undefined
          ? []
          : [`${attempt.task} of ${shortName(build)} was published again after its success`];
      }),
    ),
};

export const withinQuotas: Invariant = {
  name: "histories and states stay within Step Functions' quotas",
  broken: ({ builds }) =>
    builds.flatMap((build) => [
      ...(build.events >= MOST_EVENTS ? [`${shortName(build)} has ${build.events} events`] : []),
      ...(build.largestStateBytes > MOST_STATE_BYTES
        ? [`${shortName(build)} has a state of ${build.largestStateBytes} bytes`]
        : []),
      ...(build.tooLarge > 0 ? [`${shortName(build)} had a state's data refused for its size`] : []),
    ]),
};

export const exclusiveOf = (activities: readonly Activity[]): ReadonlySet<string> =>
  new Set(activities.filter(({ exclusive }) => exclusive === true).map(({ name }) => name));
