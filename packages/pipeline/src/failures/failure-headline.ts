import { counted } from "./counted.ts";
import type { FailureGroup } from "./group-failures.ts";

/** What the first line tells of a cause. */
interface KnownCause {
  readonly group: FailureGroup;
  /** See `whereItFailed`. */
  readonly where: string;
  /** See `sinceWhen`. */
  readonly since: string;
}

/** Of how many causes the first line tells. */
const MOST_NAMED = 3;

/** What failed, where, and since when: `MakePackage failed on all 6 platforms, not in the 3 builds before`. Empty where no step failed. */
export function failureHeadline(causes: readonly KnownCause[]): string {
  const [only] = causes;
  if (only === undefined) return "";
  if (causes.length === 1) {
    const same = only.group.members.length > 1 ? "with the same error " : "";
    return [`${only.group.step} failed ${same}${only.where}`.trimEnd(), only.since]
      .filter((part) => part !== "")
      .join(", ");
  }
  const named = causes.slice(0, MOST_NAMED).map(({ group, where }) => `${group.step} ${where}`.trimEnd());
  const more = causes.length - named.length;
  return `${counted(causes.length, "different failure")}: ${named.join("; ")}${more > 0 ? `; … and ${more} more` : ""}`;
}
