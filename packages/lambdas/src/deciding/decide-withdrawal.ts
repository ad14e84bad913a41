import {
  type Decision,
  evidenceText,
  type IsThere,
  type Per,
  type StageDescription,
  type Task,
  takenBack,
  unreachable,
} from "@muster/pipeline";

interface Looking {
  readonly isThere: IsThere;
  readonly buckets: StageDescription["buckets"];
}

/**
 * Whether a build that takes its versions back runs a task: where users have something of what its withdrawal takes. Each task goes by itself: what failed before
 * it leaves it no less to do.
 */
export async function decideWithdrawal<P extends Per>(
  { activity, subject }: Task<P>,
  { isThere, buckets }: Looking,
): Promise<Decision> {
  const { withdraw, publishes } = activity;
  switch (withdraw?.kind) {
    case undefined:
      return {
        run: false,
        reason: publishes === undefined ? "it publishes nothing of its own" : "it has no withdrawal of its own",
      };
    case "impossible":
      return { run: false, reason: `cannot be taken back: ${withdraw.reason}` };
    case "script": {
      const takes = takenBack(activity, subject);
      const found = await Promise.all(takes.map(isThere));
      const there = takes.filter((_, index) => found[index]).map((each) => evidenceText(each, buckets));
      const [first] = there;
      if (first !== undefined)
        return {
          run: true,
          reason: there.length === 1 ? `${first} is there` : `${first} and ${there.length - 1} more are there`,
        };
      const [sought] = takes;
      return {
        run: false,
        reason: sought === undefined ? "it publishes nothing of it" : `${evidenceText(sought, buckets)} is not there`,
      };
    }
    default:
      return unreachable(withdraw);
  }
}
