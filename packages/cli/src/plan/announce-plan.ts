import { setTimeout as sleep } from "node:timers/promises";
import { type BuildPlan, isMadeOtherwise, planApprovals } from "@muster/lambdas";
import type { BuildInput } from "@muster/pipeline";
import type { Context } from "../context.ts";
import { counted } from "../counted.ts";
import type { Stage } from "../stages/stage.ts";
import { type EstimatedPlan, estimatePlan } from "./estimate-plan.ts";
import { countedNames } from "./plan-rows.ts";
import { quotaText } from "./quotas.ts";
import { inBrief } from "./whole-lines.ts";

/** A build waits no longer for its plan. */
const PATIENCE_MS = 5000;

interface AnnounceOptions extends Pick<Context, "print"> {
  /** That of the build, made already or in the making. */
  readonly plan: () => Promise<BuildPlan>;
  readonly patienceMs?: number;
}

/** Says in a few lines what a build is about to do, as progress. What cannot be planned is one line, and stops no build. */
export async function announcePlan(
  stage: Stage,
  input: BuildInput,
  { plan, print, patienceMs = PATIENCE_MS }: AnnounceOptions,
): Promise<void> {
  const patience = new AbortController();
  const late = sleep(patienceMs, "late", { signal: patience.signal }).catch(() => "late" as const);
  try {
    const made = await Promise.race([estimated(stage, input, plan), late]);
    if (made === "late") print.note(`plan: not made within ${patienceMs / 1000} s; the build goes on without`);
    else for (const line of planLines(made as Estimated)) print.note(line);
  } catch (error) {
    print.note(`plan: it cannot be made: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  } finally {
    patience.abort();
  }
}

interface Estimated extends EstimatedPlan {
  readonly lookups: BuildPlan["lookups"];
  /** Names of what people will be asked for. */
  readonly asks: readonly string[];
}

async function estimated(stage: Stage, input: BuildInput, planned: AnnounceOptions["plan"]): Promise<Estimated> {
  const plan = await planned();
  const whole = await estimatePlan(stage, plan, input);
  const asks = planApprovals(input, { pipeline: stage.pipeline, steps: whole.steps }).map(({ approval }) => approval);
  return { ...whole, lookups: plan.lookups, asks };
}

/** What runs, in which time and at which cost; what is left out though it was asked for; what could not be found out. */
export function planLines({ steps, whole, lookups, asks }: Estimated): string[] {
  const names = (run: boolean | null) => steps.filter((step) => step.run === run).map(({ activity }) => activity);
  const runs = names(true);
  const skipped = steps.filter(({ run, reason }) => run === false && !reason.startsWith("not asked for"));
  const otherwise = skipped.filter(({ reason }) => isMadeOtherwise(reason)).map(({ activity }) => activity);
  const workers =
    runs.length === 0 || whole.workersAtOnce === 0 ? "" : `, up to ${counted(whole.workersAtOnce, "worker")} at once`;
  return [
    runs.length === 0
      ? `plan: ${names(null).length === 0 ? "nothing is left to do" : "of nothing it is known whether it runs"}`
      : `plan: ${counted(runs.length, "task")}${inBrief(whole)}${workers}: ${countedNames(runs)}`,
    ...whole.quotas.map((quota) => `      ${quotaText(quota)}`),
    ...(skipped.length > 0 ? [`      skipped: ${countedNames(skipped.map(({ activity }) => activity))}`] : []),
    ...(otherwise.length > 0
      ? [`      made otherwise before: ${countedNames(otherwise)}; --rerun makes them again`]
      : []),
    ...(names(null).length > 0 ? [`      not known: ${countedNames(names(null))}`] : []),
    ...(asks.length > 0 ? [`      waits for a person: ${countedNames(asks)}`] : []),
    ...lookups.map(({ version, problem }) => `      the platforms of ${version}: ${problem}`),
  ];
}
