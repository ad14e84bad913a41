import { nearestWord } from "@muster/pipeline";
import {
  type FaultProfileName,
  faultProfileNames,
  faultProfiles,
  musterDefault,
  type ReleasePolicy,
} from "@muster/simulation";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../usage-error.ts";
import { comparePolicies } from "./compare-policies.ts";
import { parsePolicy } from "./parse-policy.ts";
import { releaseToSimulate } from "./release-to-simulate.ts";
import { reportSimulation } from "./report-simulation.ts";
import { showSeed } from "./show-seed.ts";
import type { SimulationJson } from "./simulation-json.ts";

interface SimulateArguments {
  readonly words: readonly string[];
  readonly faults: readonly string[];
  readonly policy: readonly string[];
  readonly seeds: string | undefined;
  readonly durations: string | undefined;
  readonly boot: string | undefined;
  readonly seed: string | undefined;
  readonly explain: boolean;
  readonly html: string | undefined;
}

const USUAL_SEEDS = 20;

/** Plays a release in many worlds, or shows it in one of them. Exits with 1 where something happened that must not, or the one build failed. */
export async function showSimulation(values: SimulateArguments, context: Context): Promise<ExitCode> {
  const { loadStagePipeline, print, globals, signal } = context;
  const faults = values.faults.length === 0 ? (["calm"] as const) : values.faults.map(parseFaults);
  const seed = parseNumber(values.seed, "--seed");
  const seeds = parseNumber(values.seeds, "--seeds") ?? USUAL_SEEDS;
  refuseMixed(values);
  const { pipeline } = await loadStagePipeline();
  const policies: readonly ReleasePolicy[] =
    values.policy.length === 0
      ? [{ ...musterDefault, name: "default" }]
      : values.policy.map((text) => parsePolicy(text, pipeline));
  const { release, input, times, bootFrom } = await releaseToSimulate(values, context);
  if (seed !== undefined) {
    const [one, policy] = [faults[0] as FaultProfileName, policies[0] as ReleasePolicy];
    return showSeed({ release, seed, faults: one, policy, explain: values.explain, html: values.html }, context);
  }
  const numbers = Array.from({ length: seeds }, (_, index) => index + 1);
  let done = 0;
  const total = faults.length * policies.length * numbers.length;
  const results = await comparePolicies({
    release,
    faults,
    policies,
    seeds: numbers,
    signal,
    onRun({ faults: profile, policy, seed: number }) {
      if (done++ % TELL_EVERY === 0) print.note(`${done} of ${total}: seed ${number} of ${policy}, ${profile}`);
    },
  });
  const simulation: SimulationJson = {
    input,
    times,
    bootSeconds: release.bootSeconds,
    bootFrom,
    seeds: numbers,
    results,
  };
  if (globals.json) print.json(simulation);
  else {
    const summaries = Object.fromEntries(faultProfileNames.map((name) => [name, faultProfiles[name].summary]));
    reportSimulation(simulation, { summaries, print });
    const broken = results.find(({ violations }) => violations.length > 0);
    if (broken !== undefined) {
      const number = broken.violations[0]?.seed;
      print.note(
        `what it takes: the same with --faults ${broken.faults} --policy "${broken.policy}" --seed ${number} --explain`,
      );
    }
  }
  return results.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

const TELL_EVERY = 10;

function refuseMixed({ seed, seeds, explain, html, faults, policy }: SimulateArguments): void {
  if (seed === undefined) {
    if (!explain && html === undefined) return;
    throw new UsageError(`${explain ? "--explain" : "--html"} is about one world`, { hint: "--seed N names it" });
  }
  if (seeds !== undefined) throw new UsageError("--seed is one world, and --seeds are many", { hint: "leave one out" });
  if (faults.length > 1 || policy.length > 1) {
    throw new UsageError("--seed shows one world under one policy", { hint: "name one of --faults and of --policy" });
  }
}

function parseFaults(text: string): FaultProfileName {
  const found = faultProfileNames.find((name) => name === text);
  if (found !== undefined) return found;
  const nearest = nearestWord(text, faultProfileNames);
  throw new UsageError(`"${text}" is no profile of faults`, {
    hint: nearest === undefined ? `there are ${faultProfileNames.join(", ")}` : `did you mean ${nearest}?`,
  });
}

const MOST_SEEDS = 100_000;

function parseNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MOST_SEEDS) return number;
  throw new UsageError(`${name} takes a whole number from 1 on, not "${text}"`);
}
