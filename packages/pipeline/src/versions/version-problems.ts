import type { Pipeline } from "../pipeline.ts";
import { schemeOf } from "./scheme-of.ts";

/** Why versions of a pipeline cannot be told, from other words or at all. */
export function versionProblems(pipeline: Pick<Pipeline, "versions" | "activities">): string[] {
  const { examples, samples, parse, nightlyOf, isNightly } = schemeOf(pipeline);
  const nightly = nightlyOf?.(new Date(0));
  return [
    ...[...examples, ...samples, ...(nightly === undefined ? [] : [nightly])]
      .filter((each) => parse(each) !== each)
      .map((each) => `versions: "${each}" must be a version, and parse to itself`),
    ...(nightly === undefined || isNightly(nightly) ? [] : [`versions: "${nightly}" must be a nightly`]),
    ...pipeline.activities
      .filter(({ name }) => parse(name) !== undefined)
      .map(({ name }) => `${name} is ambiguous: it is a step and a version`),
  ];
}
