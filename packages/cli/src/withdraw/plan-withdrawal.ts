import { lookout, supportedPlatforms, type Withdrawn, withdrawalOf } from "@muster/lambdas";
import {
  evidenceText,
  type IsThere,
  type Per,
  type Published,
  parseVersion,
  placeOf,
  type S3Object,
  type Subject,
  statusOf,
  type Task,
  takenBack,
  taskName,
  tasksOf,
  type Version,
} from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";

/** What a withdrawal does about what one task has published. */
export interface WithdrawnTask {
  /** `PublishPackages-1.2.3` */
  readonly task: string;
  readonly step: string;
  readonly platform: string | null;
  /**
   * `takes-back`: users have it now, and not after it; `gone`: they do not have it; `stays`: they have it or know of it, and nothing takes it
   * back.
   */
  readonly does: "takes-back" | "gone" | "stays";
  /** What users have of it: URLs of objects, packages in suites; of `gone` what they do not have. */
  readonly evidence: readonly string[];
  /** Why it stays; null where it does not. */
  readonly reason: string | null;
}

/** What users have of a version, and what would become of it. */
export interface WithdrawalPlan {
  readonly version: Version;
  /** The last withdrawal, if the version was not published again since. */
  readonly withdrawn: Withdrawn | undefined;
  /** In the pipeline's order; steps that publish nothing are not in it. */
  readonly tasks: readonly WithdrawnTask[];
  /** Whether something was made that was not published. */
  readonly isBuilt: boolean;
  /** Buckets that something is taken from, by name. */
  readonly buckets: readonly string[];
}

/** Looks at all that the version's steps have published. @throws InvalidInputError for what is not a version */
export async function planWithdrawal(
  { pipeline, description, s3 }: Pick<Stage, "pipeline" | "description" | "s3">,
  word: string,
): Promise<WithdrawalPlan> {
  const version = parseVersion(word, pipeline);
  const platforms = await supportedPlatforms(pipeline, version, await s3());
  const { isThere } = lookout(await s3(), description.buckets);
  const tasks = pipeline.activities.flatMap((activity) =>
    tasksOf(activity, [{ version, platforms, buildPlatforms: platforms }]),
  );
  const text = (each: Published) => evidenceText(each, description.buckets);
  const covered = new Set(tasks.flatMap((task) => takenBy(task).map(text)));
  const judged = await Promise.all(tasks.map((task) => judge(task, { isThere, text, covered })));
  const statuses = await Promise.all(tasks.map((task) => isMade(task, isThere)));
  const taken = judged.flatMap((each) => each?.taken ?? []);
  return {
    version,
    withdrawn: await withdrawalOf(await s3(), description.buckets.state, version),
    tasks: judged.flatMap((each) => each?.task ?? []),
    isBuilt: statuses.includes(true),
    buckets: [...new Set(taken.map((each) => description.buckets[placeIn(each).bucket]))],
  };
}

const takenBy = <P extends Per>({ activity, subject }: Task<P>) => takenBack(activity, subject);

async function isMade<P extends Per>({ activity, subject }: Task<P>, isThere: IsThere): Promise<boolean> {
  return (await statusOf(activity, subject, isThere)).status !== "not_built";
}

const placeIn = (published: Published): S3Object => ("kind" in published ? published.suite : published);

interface Judging {
  readonly isThere: IsThere;
  readonly text: (published: Published) => string;
  /** What some task takes back. */
  readonly covered: ReadonlySet<string>;
}

interface Judged {
  readonly task: WithdrawnTask;
  /** What is there to be taken back. */
  readonly taken: readonly Published[];
}

async function judge<P extends Per>(
  { activity, subject }: Task<P>,
  { isThere, text, covered }: Judging,
): Promise<Judged | undefined> {
  const named = {
    task: taskName(activity.name, placeOf(subject as Subject)),
    step: activity.name,
    platform: subject.per === "platform" ? subject.platform : null,
  };
  const there = async (wanted: readonly Published[]) => {
    const found = await Promise.all(wanted.map(isThere));
    return wanted.filter((_, index) => found[index]);
  };
  const published = activity.publishes?.(subject as Subject<P>) ?? [];
  if (activity.withdraw?.kind === "script") {
    const wanted = takenBack(activity, subject);
    const found = await there(wanted);
    const does = found.length > 0 ? "takes-back" : "gone";
    const evidence = (found.length > 0 ? found : wanted).map(text);
    return { task: { ...named, does, evidence, reason: null }, taken: found };
  }
  const left = (await there(published)).map(text).filter((each) => !covered.has(each));
  if (activity.withdraw?.kind === "impossible") {
    if (activity.publishes !== undefined && left.length === 0) return undefined;
    return { task: { ...named, does: "stays", evidence: left, reason: activity.withdraw.reason }, taken: [] };
  }
  if (left.length === 0) return undefined;
  return {
    task: { ...named, does: "stays", evidence: left, reason: "nothing says how it is taken back" },
    taken: [],
  };
}
