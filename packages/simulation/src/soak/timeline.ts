import { violationsOf } from "../invariants/all.ts";
import type { SeedRun } from "../run-seed.ts";

interface Moment {
  readonly atMs: number;
  readonly what: string;
}

/** What happened, in the order of time: faults, builds, attempts, scripts and machines, and what of it must not be. */
export function timeline(run: SeedRun): string {
  const startMs = Math.min(...run.builds.map(({ startedMs }) => startedMs));
  const moments = [...faults(run), ...builds(run), ...scripts(run), ...machines(run)];
  const lines = moments
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(({ atMs, what }) => `${clockOf(atMs - startMs)}  ${what}`);
  return [
    ...lines,
    "",
    ...violationsOf(run).map(({ invariant, what }) => `broken: ${invariant}\n        ${what}`),
  ].join("\n");
}

/** `1:02:03`, from the first build's start. */
function clockOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(3)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const faults = ({ recorded }: SeedRun): Moment[] =>
  recorded.faults.map(({ atMs, kind, what }) => ({ atMs, what: `! ${kind}: ${what}` }));

const builds = (run: SeedRun): Moment[] =>
  run.builds.flatMap(({ executionArn, startedMs, endedMs, status, attempts }) => {
    const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
    return [
      { atMs: startedMs, what: `${name} starts` },
      ...(endedMs > 0 ? [{ atMs: endedMs, what: `${name} ends: ${status}` }] : []),
      ...attempts.flatMap(({ task, scheduledMs, endedMs: overMs, error }) => [
        { atMs: scheduledMs, what: `${task} is published` },
        ...(overMs === undefined ? [] : [{ atMs: overMs, what: `${task}: ${error === "" ? "succeeded" : error}` }]),
      ]),
    ];
  });

const scripts = ({ recorded }: SeedRun): Moment[] =>
  recorded.runs.flatMap(({ task, machine, startedMs, endedMs, end }) => [
    { atMs: startedMs, what: `${task} runs on ${machine}` },
    ...(endedMs === undefined ? [] : [{ atMs: endedMs, what: `${task} on ${machine}: its script ${end}` }]),
  ]);

const machines = ({ launched }: SeedRun): Moment[] =>
  launched.flatMap(({ instanceId, activity, launchedMs, offMs }) => [
    { atMs: launchedMs, what: `${instanceId} is launched for ${activity}` },
    ...(offMs === undefined ? [] : [{ atMs: offMs, what: `${instanceId} does nothing any more` }]),
  ]);
