import { formatDuration } from "@muster/history";
import type { BusyMachine, MachineFor, Refusals, Situation, StepBefore } from "./situation.ts";
import { clockTime, listed } from "./words.ts";

/** What a task waits for, in words that follow its name. */
export function waitWords({ since, wait }: Situation & { state: "waiting" }, now: Date): string {
  const worker = `waits for a worker since ${clockTime(since, now)}`;
  switch (wait.for) {
    case "decision":
      return "waits for the build to decide whether it runs";
    case "another look":
      return `waits for the build to look at it again: ${wait.error}`;
    case "steps before it":
      return wait.steps.length === 0 ? "waits for the build to come to it" : stepsBefore(wait.steps);
    case "a person":
      return `waits for a person since ${clockTime(since, now)}${
        wait.until === null ? "" : `, until ${clockTime(wait.until, now)} at the longest`
      }`;
    case "a test worker":
      return `waits for a test worker since ${clockTime(since, now)}: a build with --skip-ec2 launches none`;
    case "capacity":
    case "a quota":
    case "EC2's patience":
    case "EC2 to allow it":
    case "EC2":
      return `${worker}: ${refusalWords(wait.for, wait.refusals, now)}`;
    case "EC2's answer":
      return `${worker}: EC2 was asked at ${clockTime(wait.asked, now)} and has not answered; the same request is made again`;
    case "a place":
      return `${worker}: ${wait.limit}${busyWords(wait.busy)}`;
    case "a machine that starts":
      return `${worker}: ${listed(wait.instances)} never became ready; the next health check tries another`;
    case "a booting worker": {
      const before =
        wait.refusals === null
          ? ""
          : `; before that ${lackWords("capacity", wait.refusals)}, from ${clockTime(wait.refusals.since, now)} on`;
      return `waits for its worker: ${bootingWords(wait.booting)}${before}`;
    }
    case "a launched worker":
      return `waits for its worker: EC2 has launched ${listed(wait.instances)}, and does not show it yet`;
    case "a busy worker":
      return `${worker}: all are at other tasks${busyWords(wait.busy)}`;
    case "an idle worker":
      return `waits to be taken by ${listed(wait.instances)}, which ${wait.instances.length > 1 ? "are" : "is"} idle`;
    case "a launch":
      return `${worker}: none is there or on its way; the next health check launches one`;
    case "a worker":
      return wait.why === null ? worker : `${worker}: ${wait.why}`;
    default:
      return wait satisfies never;
  }
}

function stepsBefore(steps: readonly StepBefore[]): string {
  const going = steps.filter(({ says }) => says !== null);
  const said = going.map(({ task, says }) => `${task} (${says})`);
  const rest = steps.filter(({ says }) => says === null).map(({ task }) => task);
  if (said.length === 0) return `waits for what comes before it: ${listed(rest)}`;
  return `waits for ${listed(said, 3)}${rest.length === 0 ? "" : `, and then for ${listed(rest)}`}`;
}

const refused = {
  capacity: ["EC2 has no capacity", "EC2 had no capacity"],
  "a quota": ["a quota of the account's allows no more", "a quota of the account's allowed no more"],
  "EC2's patience": ["EC2 asks for patience", "EC2 asked for patience"],
  "EC2 to allow it": ["EC2 refuses what the stage asks for", "EC2 refused what the stage asks for"],
  EC2: ["EC2 gives none", "EC2 gave none"],
} as const;

function refusalWords(kind: keyof typeof refused, refusals: Refusals, now: Date): string {
  const [still] = refused[kind];
  return `${still}${detailsOf(kind, refusals)}, since ${clockTime(refusals.since, now)}`;
}

/** What EC2 said, of what, where and how often: `EC2 had no capacity for r6i.4xlarge (spot) in us-west-2a and us-west-2b`. */
export function lackWords(kind: keyof typeof refused, refusals: Refusals): string {
  return `${refused[kind][1]}${detailsOf(kind, refusals)}`;
}

function detailsOf(kind: keyof typeof refused, refusals: Refusals): string {
  const { requests, codes, instanceTypes, zones, markets, message } = refusals;
  const market = markets.length === 0 ? "" : ` (${markets.join(", ")})`;
  const what = instanceTypes.length === 0 ? "" : ` for ${instanceTypes.join("/")}${market}`;
  const where = zones.length === 0 ? "" : ` in ${listed(zones, 7)}`;
  const asked = requests > 1 ? `, asked ${requests} times` : "";
  const isPlain = kind === "capacity" && zones.length > 0;
  const said = isPlain ? "" : ` (${codes.join(", ")}${zones.length > 0 || message === "" ? "" : `: ${message}`})`;
  return `${what}${where}${asked}${said}`;
}

const bootingWords = (booting: readonly MachineFor[]): string =>
  listed(booting.map(({ instance, seconds }) => `${instance} has been booting for ${span(seconds)}`));

const busyWords = (busy: readonly BusyMachine[]): string =>
  busy.length === 0
    ? ""
    : `; ${listed(busy.map(({ instance, task, seconds }) => `${instance} is at ${task ?? "a task"}${seconds === null ? "" : ` for ${span(seconds)}`}`))}`;

const span = (seconds: number): string => formatDuration(seconds * 1000, { whole: true });
