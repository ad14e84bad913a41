import { readFailure } from "../failure-message.ts";
import { placeWords } from "../place.ts";
import type { FailedStep } from "../results.ts";

/** A failed step, with whatever else is known of it. */
export interface OneFailure {
  readonly failed: FailedStep;
}

/** Failures of one step with the same error, wherever: at least one. */
export interface FailureGroup<F extends OneFailure = OneFailure> {
  readonly step: string;
  /** What is the same of them: see `sameness`. */
  readonly sameness: string;
  readonly first: F;
  readonly members: readonly F[];
}

/** One group a step and error, in the order of their first members. */
export function groupFailures<F extends OneFailure>(failures: readonly F[]): FailureGroup<F>[] {
  const groups = Map.groupBy(failures, ({ failed }) => `${failed.step} ${samenessOf(failed)}`);
  return [...groups.values()].map((members): FailureGroup<F> => {
    const [first] = members as [F];
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
