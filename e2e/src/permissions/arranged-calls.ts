import { functionNames, type Pipeline } from "@muster/pipeline";
import type { Recording } from "./recording-world.ts";

/** Calls by principal, sorted, as golden files hold them. */
export type ArrangedCalls = Readonly<Record<string, readonly string[]>>;

const WORKER = "worker";
/** What its agent calls beyond what every worker's does. */
const EXCLUSIVE_WORKER = "worker of an exclusive activity";

/** Functions that tend workers: whoever holds an activity's lease works for the others, so that each may make each of these calls; demands are put by who is asked. */
const TENDING = ["HealthCheck", "PrepareActivity", "Repair"];
const TENDING_CALL =
  /^(ec2:|states:|s3:(?!PutObject state\/demands)\w+ state($|\/(answered|attention|claims|demands|launches|leases)))/;

/** Objects that are the pipeline's own affair. */
const ARTIFACT_CALL = /^s3:\w+ (scratch|downloads)/;

const sorted = (calls: Iterable<string>): string[] => [...new Set(calls)].sort();

/** What every pipeline's functions and agents call; what scripts do is left out. */
export function ofAnyPipeline(recording: Recording, { activities }: Pipeline): ArrangedCalls {
  const of = (name: string) => [...(recording.get(name) ?? [])];
  const tending = TENDING.flatMap(of).filter((call) => TENDING_CALL.test(call));
  const ofWorkers = (exclusive: boolean) =>
    activities
      .filter((activity) => (activity.exclusive ?? false) === exclusive)
      .flatMap(({ name }) => of(name))
      .filter((call) => !ARTIFACT_CALL.test(call));
  const worker = ofWorkers(false);
  return {
    ...Object.fromEntries(
      functionNames.map((name) => [name, sorted(TENDING.includes(name) ? [...of(name), ...tending] : of(name))]),
    ),
    [WORKER]: sorted(worker),
    [EXCLUSIVE_WORKER]: sorted(ofWorkers(true).filter((call) => !worker.includes(call))),
  };
}

/** What one pipeline adds to that: its functions' look at artifacts, and what its scripts call, by activity. */
export function ofThisPipeline(recording: Recording, pipeline: Pipeline, known: ArrangedCalls): ArrangedCalls {
  const added = ({ name, familiar }: { name: string; familiar: readonly string[] }) =>
    sorted([...(recording.get(name) ?? [])].filter((call) => !familiar.includes(call)));
  const functions = functionNames.map((name) => ({ name, familiar: known[name] ?? [] }));
  const workers = pipeline.activities.map(({ name, exclusive }) => ({
    name,
    familiar: [...(known[WORKER] ?? []), ...(exclusive ? (known[EXCLUSIVE_WORKER] ?? []) : [])],
  }));
  return Object.fromEntries(
    [...functions, ...workers]
      .map((principal) => [principal.name, added(principal)] as const)
      .filter(([, calls]) => calls.length > 0),
  );
}
