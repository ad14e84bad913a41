import { GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import { type WithdrawalJson, withdrawalJson } from "@muster/lambdas";
import { nearestWord, parseBuildInput, type Version, type WithdrawalOf } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { listBuilds } from "../history/find-build.ts";
import { inputOfBuild } from "../history/input-of-build.ts";
import { latestVersions } from "../history/latest-versions.ts";
import { nextCommand } from "../next-command.ts";
import { oneLineReason } from "../one-line-reason.ts";
import { terminalColumns } from "../print.ts";
import { refuseUnfitScripts } from "../refuse-unfit-scripts.ts";
import { startAndFollow } from "../run-build.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { planWithdrawal, type WithdrawalPlan, type WithdrawnTask } from "./plan-withdrawal.ts";
import { reportWithdrawal } from "./report-withdrawal.ts";

interface WithdrawArguments {
  readonly version: string;
  readonly reason: string | undefined;
  readonly plan: boolean;
  readonly noFollow: boolean;
  readonly timeScale: string | undefined;
}

/** What `withdraw --plan --json` prints, and `withdraw --json` where nothing is left to take back. */
export interface WithdrawalPlanJson {
  readonly version: string;
  /** The last withdrawal; null where there was none, or the version was published again. */
  readonly withdrawal: WithdrawalJson | null;
  /** In the pipeline's order; steps that publish nothing are not in it. */
  readonly tasks: readonly WithdrawnTask[];
}

/**
 * Takes a version back, as a build of its own that runs each step's withdrawal; goes on with the one that runs, and does what one before left undone. Said
 * again it does nothing.
 * @throws UsageError for a version that was never published, for one of which nothing can be taken back, and for a bucket that would lose it for good
 */
export async function withdrawVersion(
  { version: word, reason: said, plan: planned, noFollow, timeScale }: WithdrawArguments,
  context: Context,
): Promise<ExitCode> {
  const { openStage, loadStagePipeline, print, globals } = context;
  const reason = oneLineReason(said);
  const loaded = await loadStagePipeline();
  const stage = await openStage({ to: "read" });
  const plan = await planWithdrawal(stage, word);
  const { version } = plan;
  const running = await runningWithdrawal(stage, version);
  if (running === undefined) await refuseUnpublished(stage, plan);
  const isDone = running === undefined && plan.tasks.every(({ does }) => does !== "takes-back");
  if (isDone && plan.withdrawn === undefined) throw nothingTakesBack(plan);
  await refuseToLose(stage, plan);
  const lines = () => reportWithdrawal(plan, { columns: terminalColumns(print), style: print.style });
  if (planned || isDone) {
    if (globals.json) print.json(planJson(plan));
    else for (const line of lines()) print.report(line);
    return 0;
  }
  await refuseUnfitScripts(loaded, context);
  for (const line of lines()) print.note(line);
  const withdraw = running ?? { by: await stage.caller(), ...reason };
  const input = parseBuildInput({ inputs: [version], withdraw }, stage.pipeline, { today: new Date() });
  const same = ["withdraw", version];
  const exitCode = await startAndFollow(
    { input, asked: [version], origin: { withdraw }, same, noFollow, timeScale },
    context,
  );
  if (exitCode === 1) print.note(`what was taken back stays so; ${nextCommand(globals, same)} goes on with the rest`);
  return exitCode;
}

const planJson = ({ version, withdrawn, tasks }: WithdrawalPlan): WithdrawalPlanJson => ({
  version,
  withdrawal: withdrawalJson(withdrawn),
  tasks,
});

/** What the build said that takes the version back now: said by another one too, it goes on with that. */
async function runningWithdrawal(stage: Stage, version: Version): Promise<WithdrawalOf | undefined> {
  for (const build of await listBuilds(stage, { running: true })) {
    const input = await inputOfBuild(stage, build);
    if (input?.withdraw !== undefined && input.versions.includes(version)) return input.withdraw;
  }
  return undefined;
}

/** How many builds back a version is looked for: a request each. */
const KNOWN_BUILDS = 20;

async function refuseUnpublished(stage: Stage, { version, withdrawn, tasks, isBuilt }: WithdrawalPlan): Promise<void> {
  const isPublished = tasks.some(({ does, evidence }) => does !== "gone" && evidence.length > 0);
  if (withdrawn !== undefined || isPublished) return;
  if (isBuilt) {
    throw new UsageError(`${version} was built and not published: there is nothing to take back`, {
      hint: `muster matrix ${version} shows what there is of it`,
    });
  }
  const known = (await latestVersions(stage, { builds: KNOWN_BUILDS })).filter((each) => each !== version);
  const nearest = nearestWord(version, known);
  throw new UsageError(`${version} was never published here`, {
    hint: nearest === undefined ? "muster status --list shows the latest builds" : `did you mean ${nearest}?`,
  });
}

function nothingTakesBack({ version, tasks }: WithdrawalPlan): UsageError {
  const [first] = tasks.filter(({ does }) => does === "stays");
  const why = first === undefined ? "" : `: what ${first.step} published stays, ${first.reason}`;
  return new UsageError(`nothing of ${version} can be taken back${why}`, {
    hint: "a step says how by its withdraw, see docs/pipelines.md",
  });
}

/** @throws UsageError for a bucket that keeps no versions: what is removed there nobody has again */
async function refuseToLose({ s3 }: Stage, { buckets }: WithdrawalPlan): Promise<void> {
  for (const Bucket of buckets) {
    const { Status } = await (await s3()).send(new GetBucketVersioningCommand({ Bucket }));
    if (Status === "Enabled") continue;
    throw new UsageError(`the bucket ${Bucket} keeps no versions: what is taken back would be lost for good`, {
      hint: `aws s3api put-bucket-versioning --bucket ${Bucket} --versioning-configuration Status=Enabled`,
    });
  }
}
