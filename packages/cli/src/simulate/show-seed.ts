import { resolve } from "node:path";
import { type BuildHistory, buildPage, describeStep, isVerdict, type PageFailure } from "@muster/history";
import { listedPrice } from "@muster/lambdas";
import {
  criticalPath,
  explainRelease,
  type FaultProfileName,
  faultProfiles,
  type PathPart,
  type Release,
  type ReleaseFigures,
  type ReleaseOptions,
  type ReleasePolicy,
  type SimulatedRelease,
  simulateRelease,
  timeline,
  violationsOf,
} from "@muster/simulation";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import { loadBuild } from "../history/load-build.ts";
import { dollarsText, durationOf } from "../plan/whole-lines.ts";
import { writeWhole } from "../report/write-report.ts";
import { pathText } from "./report-simulation.ts";

/** What `muster simulate --seed --json` prints. */
export interface SeedJson {
  readonly seed: number;
  readonly faults: FaultProfileName;
  readonly policy: string;
  readonly makespanSeconds: number;
  readonly workerHours: number;
  readonly dollars: number | null;
  readonly succeeded: boolean;
  readonly recoverySeconds: readonly number[];
  readonly criticalPath: readonly PathPart[];
  /** What went wrong, in the order of time. */
  readonly faultsInjected: readonly { readonly id: string; readonly atSeconds: number; readonly what: string }[];
  readonly violations: readonly { readonly invariant: string; readonly what: string }[];
  /** With --explain the faults that it takes to break what it breaks, by their ids; null without, and where nothing is broken. */
  readonly takes: readonly string[] | null;
  /** Absolute path of the page; null where none was asked for. */
  readonly file: string | null;
}

export interface OneSeed {
  readonly release: Release;
  readonly seed: number;
  readonly faults: FaultProfileName;
  readonly policy: ReleasePolicy;
  readonly explain: boolean;
  readonly html: string | undefined;
}

/** One world as a timeline; explained, with as few of its faults as it takes to break what it breaks. */
export async function showSeed(one: OneSeed, { print, globals, env }: Context): Promise<ExitCode> {
  const { release, seed, faults, policy, html } = one;
  let history: BuildHistory | undefined;
  const options: ReleaseOptions = {
    faults: faultProfiles[faults],
    policy,
    async onEnd({ sfn }, [build = ""]) {
      history = await loadBuild({ sfn }, build);
    },
  };
  const explained = one.explain ? await explainRelease(seed, release, options) : undefined;
  const played = explained ?? (await simulateRelease(seed, release, options));
  const file = html === undefined ? undefined : resolve(env.cwd, html);
  if (file !== undefined && history !== undefined) {
    await writeWhole(file, buildPage(pageFacts({ seed, release, played, history })));
  }
  const violations = policy.system === "muster" ? violationsOf(played.run) : [];
  if (globals.json) {
    print.json(jsonOf(one, { played, violations, takes: explained?.faults, file }));
  } else {
    print.report(timeline(played.run));
    print.report("");
    print.sentence(inShort(played.figures));
    print.sentence(pathText(criticalPath(played.run)));
    if (one.explain) print.sentence(explanation(seed, explained?.faults));
    if (file !== undefined) print.report(file);
  }
  return violations.length > 0 || !played.figures.succeeded ? 1 : 0;
}

function inShort({ succeeded, makespanSeconds, workerHours, dollars, retries, faults }: ReleaseFigures): string {
  const cost = dollars === undefined ? "" : `, ${dollarsText(dollars)}`;
  const went = `${counted(faults, "fault")}, ${retries} retries`;
  return `${succeeded ? "released" : "failed"} in ${durationOf(makespanSeconds)}, ${workerHours.toFixed(1)} worker hours${cost}; ${went}`;
}

const explanation = (seed: number, faults: readonly string[] | undefined): string =>
  faults === undefined
    ? `seed ${seed} breaks nothing`
    : `it takes ${counted(faults.length, "fault")}: ${faults.join(", ")}`;

interface Shown {
  readonly played: SimulatedRelease;
  readonly violations: SeedJson["violations"];
  readonly takes: readonly string[] | undefined;
  readonly file: string | undefined;
}

function jsonOf({ seed, faults, policy }: OneSeed, { played, violations, takes, file }: Shown): SeedJson {
  const { run, figures } = played;
  const startedMs = run.builds[0]?.startedMs ?? 0;
  const { makespanSeconds, workerHours, dollars = null, succeeded, recoverySeconds } = figures;
  return {
    seed,
    faults,
    policy: policy.name,
    makespanSeconds,
    workerHours,
    dollars,
    succeeded,
    recoverySeconds,
    criticalPath: criticalPath(run),
    faultsInjected: run.recorded.faults.map(({ id, atMs, what }) => ({
      id,
      atSeconds: (atMs - startedMs) / 1000,
      what,
    })),
    violations,
    takes: takes ?? null,
    file: file ?? null,
  };
}

interface Paged extends Pick<OneSeed, "seed" | "release"> {
  readonly played: SimulatedRelease;
  readonly history: BuildHistory;
}

/** As of any build; logs and records of attempts there are none. */
function pageFacts({ seed, release, played, history }: Paged): Parameters<typeof buildPage>[0] {
  const { activities } = release.pipeline;
  const failed = history.steps.filter((step) => step.state === "failed" && !isVerdict(step));
  return {
    name: `${release.versions.join(" ")}, seed ${seed}`,
    build: history,
    launches: new Map(played.run.launched.map(({ instanceId, launchedMs }) => [instanceId, new Date(launchedMs)])),
    failures: failed.map(
      (step): PageFailure => ({
        task: step.key,
        line: describeStep(step, step.endedAt ?? step.enteredAt).words,
        lastLines: [],
      }),
    ),
    prices: new Map(
      activities.flatMap(({ name, worker }): [string, number][] => {
        const price = worker.pricePerHour ?? listedPrice(worker.instanceTypes[0]);
        return price === undefined ? [] : [[name, price]];
      }),
    ),
    now: history.endedAt ?? new Date(),
  };
}
