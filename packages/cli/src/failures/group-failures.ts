import { type FailedStep, placeWords, readFailure } from "@muster/pipeline";
import type { BuildFailure } from "./build-failures.ts";

/** Failures of one step with the same error, wherever: at least one. */
export interface FailureGroup {
  readonly step: string;
  /** What is the same of them: see `sameness`. */
  readonly sameness: string;
  readonly first: BuildFailure;
  readonly members: readonly BuildFailure[];
}

/** One group a step and error, in the order of their first members. */
export function groupFailures(failures: readonly BuildFailure[]): FailureGroup[] {
  const groups = Map.groupBy(failures, ({ failed }) => `${failed.step} ${samenessOf(failed)}`);
  return [...groups.values()].map((members): FailureGroup => {
    const [first] = members as [BuildFailure];
    return { step: first.failed.step, sameness: samenessOf(first.failed), first, members };
  });
}

function samenessOf({ failure, step: _, ...place }: FailedStep): string {
  const { error, line = "" } = readFailure(failure);
  return sameness(`${error}: ${line}`, placeWords(place));
}

/** What of an error's words is the same wherever it happens: without the place's own names, instances, addresses, and numbers but the exit code. */
export function sameness(words: string, place: readonly string[]): string {
  // A name that is a number stands for itself in too many places.
  const named = place.filter((word) => /[a-z]/i.test(word));
  return named
    .reduce((text, word) => text.replaceAll(word, "…"), words)
    .replaceAll(/\b(?:0x[0-9a-f]+|(?:i-)?(?=[0-9a-f]*\d)[0-9a-f]{6,})\b/gi, "#")
    .replaceAll(/(?<!\d|exit )\d+(?:\.\d+)*/g, "#")
    .replace(/: ?$/, "")
    .trim();
}

/** The places of a group but for the first, as people name them. */
export const otherPlaces = ({ members }: FailureGroup): string[] =>
  members.slice(1).map(({ failed }) => placeWords(failed).join(" "));
