import type { LaunchError, Refusal } from "@muster/pipeline";

/**
 * What several refusals together mean, most telling first: where one pool lacks capacity, the others' errors are not why there is no worker. So a mixture is
 * for good only if every one of its refusals is.
 *
 * | verdict | another market may help | the state's own retry, seconds later | the step goes on deferred | for good |
 * | --- | --- | --- | --- | --- |
 * | `capacity`, `quota`, `unknown` | yes | no | yes | no |
 * | `throttling` | no: EC2 does not answer | yes, for a minute | then | no |
 * | `configuration` | no | no | no | yes |
 */
const MOST_TELLING_FIRST: readonly Refusal[] = ["capacity", "quota", "unknown", "throttling", "configuration"];

/** undefined where nothing was refused */
export function weighRefusals(errors: readonly Pick<LaunchError, "refusal">[]): Refusal | undefined {
  const met = new Set(errors.map(({ refusal }) => refusal));
  return MOST_TELLING_FIRST.find((refusal) => met.has(refusal));
}

/** Whether on-demand is worth a call where spot was refused. */
export function anotherMarketMayHelp(errors: readonly Pick<LaunchError, "refusal">[]): boolean {
  const verdict = weighRefusals(errors);
  switch (verdict) {
    case undefined:
    case "capacity":
    case "quota":
    case "unknown":
      return true;
    case "throttling":
    case "configuration":
      return false;
    default:
      return verdict satisfies never;
  }
}
