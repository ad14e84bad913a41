import * as z from "zod";

import { type Place, placeWords } from "./place.ts";
import { mapState, mapStateOf } from "./state-names.ts";

import { TaskSuccess } from "./task.ts";

/** What a state's Catch stores. */
export const Failure = z.object({ Error: z.string().optional(), Cause: z.string().optional() });
export type Failure = z.infer<typeof Failure>;

/** Of one step: exactly one of these in a finished build. */
export const StepResult = z.looseObject({
  skip: z.boolean().optional(),
  /** Why it was skipped or run. */
  reason: z.string().optional(),
  success: z.union([TaskSuccess, z.looseObject({})]).optional(),
  failure: Failure.optional(),
});
export type StepResult = z.infer<typeof StepResult>;

/** Results by step; `ForEachVersion` and `ForEachPlatform` hold results by version and by platform. */
export interface Results {
  [step: string]: StepResult | Results | Record<string, Results>;
}

/** A step's result, with where in the build it is. */
export type StepAt = Place & { readonly step: string; readonly result: StepResult };

/** A failed step, with where it failed. */
export type FailedStep = Place & { readonly step: string; readonly failure: Failure };

type Json = unknown;
type JsonObject = Record<string, Json>;

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Turns the state machine's data into one result a step: lists of a Map become maps keyed by version or platform, a Parallel's branches are
 * merged into their parent, what only steered the build (`taskInput`, `skip: false`) is dropped. Normalising twice changes nothing.
 */
export function normalizeResults(results: unknown): Results {
  if (!isObject(results)) return {};
  // The main branch's whole state: what CheckForFailures is given when NormalizeResults itself has failed.
  if (isObject(results.buildInput) && isObject(results.results)) return normalizeResults(results.results);
  const normalized: JsonObject = {};
  for (const [name, value] of Object.entries(results)) {
    // Those of ForEachPlatform2 are further steps of the same platforms.
    const map = mapStateOf(name);
    if (map !== undefined) mergeInto(normalized, { [map]: normalizeMap(value) });
    else if (Array.isArray(value))
      for (const branch of value) mergeInto(normalized, normalizeResults(branchResults(branch)));
    else if (isObject(value)) mergeInto(normalized, { [name]: normalizeStep(value) });
  }
  return normalized as Results;
}

function normalizeMap(value: Json): JsonObject {
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, results]) => [key, normalizeResults(results)]));
  }
  const items = Array.isArray(value) ? value.filter(isObject) : [];
  return Object.fromEntries(
    items.map((item) => [String(item.platform ?? item.version), normalizeResults(item.results)]),
  );
}

const branchResults = (branch: Json): Json => (isObject(branch) ? branch.results : undefined);

function normalizeStep({ taskInput: _, ...result }: JsonObject): JsonObject {
  if (result.skip !== true) {
    delete result.skip;
    delete result.reason;
  }
  return result;
}

/** The same step twice is one step, the same version or platform twice has the steps of both. */
function mergeInto(target: JsonObject, source: JsonObject): void {
  for (const [name, value] of Object.entries(source)) {
    const present = target[name];
    if (mapStateOf(name) === undefined || !isObject(present) || !isObject(value)) target[name] = value;
    else
      for (const [key, steps] of Object.entries(value)) {
        const known = present[key];
        if (isObject(known) && isObject(steps)) mergeInto(known, steps);
        else present[key] = steps;
      }
  }
}

/** Every step of normalised results, in their order. */
export function listSteps(results: Results, place: Place = { per: "build" }): StepAt[] {
  return Object.entries(results).flatMap(([step, value]): StepAt[] => {
    if (!isObject(value)) return [];
    const map = mapStateOf(step);
    if (map === undefined) return [{ ...place, step, result: value }];
    return Object.entries(value).flatMap(([key, inner]) => listSteps(inner as Results, placeIn(map, key, place)));
  });
}

function placeIn(map: string, key: string, outer: Place): Place {
  return map === mapState.platform && outer.per !== "build"
    ? { per: "platform", version: outer.version, platform: key }
    : { per: "version", version: key };
}

/** Every failed step of normalised results, in their order. */
export function listFailures(results: Results, place?: Place): FailedStep[] {
  return listSteps(results, place).flatMap(({ result, ...at }): FailedStep[] => {
    const failure = Failure.safeParse(result.failure);
    return failure.success ? [{ ...at, failure: failure.data }] : [];
  });
}

/** The versions of which a step has failed. */
export function failedVersions(results: Results): ReadonlySet<string> {
  return new Set(listFailures(results).flatMap((failed) => placeWords(failed).slice(0, 1)));
}
