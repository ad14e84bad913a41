import type { Decision } from "@muster/pipeline";

/** What is said of an approval of whose steps none would run. @param decisions of these, in the order of the flow */
export function nothingToApprove(decisions: readonly Decision[]): string {
  const [{ reason } = { reason: "this build has nothing after it" }] = decisions;
  return `nothing that follows it would run: ${reason}`;
}
