import type { SFNClient } from "@aws-sdk/client-sfn";
import {
  type Activity,
  type LaunchRecord,
  MAX_CAUSE_BYTES,
  type RepairReport,
  retriesOf,
  shortenJson,
} from "@muster/pipeline";
import { runningBuilds } from "../builds/running-builds.ts";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { isAhead, putAwayDemands, reopenedDemands, waitingDemands } from "../launching/demands.ts";
import { reusesWorkers } from "../launching/free-workers.ts";
import { activityArn, type LaunchContext } from "../launching/launch-context.ts";
import { recentLaunches } from "../launching/launch-records.ts";
import { launchWorkers } from "../launching/launch-workers.ts";
import { debugModeOf } from "../launching/serve-demands.ts";
import { allowance, isStageCapped } from "../launching/worker-limits.ts";
import { describeWorkers, type Worker } from "../workers/describe-workers.ts";
import { type Forensics, whyNoWorker } from "./boot-forensics.ts";
import { failWaitingTasks } from "./fail-waiting-tasks.ts";
import { isBootLoop } from "./is-boot-loop.ts";
import { failLostClaims } from "./lost-claims.ts";
import { type Deficit, measureDeficit } from "./measure-deficit.ts";
import { progressOfBuilds, type RunningBuild } from "./pending-tasks.ts";
import type { RepairContext } from "./repair-context.ts";
import { type Doom, describeRefusals, expiredTasks, hopelessTasks } from "./tasks-without-worker.ts";

/**
 * Brings the workers of some activities in line with the tasks of all running builds: gives back the tasks of lost machines, launches what is missing in
 * one call an activity, and fails what has waited too long. The caller holds the leases of these activities, so nobody else counts or launches.
 */
export async function repairActivities(
  activities: readonly Activity[],
  context: RepairContext,
  { leaving = new Set<string>() }: { leaving?: ReadonlySet<string> } = {},
): Promise<Repaired> {
  const { launching, sfn } = context;
  const { records, ec2, stage, now, log } = launching;
  const running = await runningBuilds(sfn, stage.stateMachineArn);
  // Idle workers of builds that are over end by the dozen, each with an event of its own.
  if (running.length === 0) return { reports: [], pages: 0 };
  const launches = new Map<string, LaunchRecord[]>();
  const counted = isStageCapped(stage) ? context.activities : activities;
  for (const activity of counted) launches.set(activity.name, await recentLaunches(activity, launching));

  const workers = await describeWorkers(ec2, stage);
  for (const activity of activities) await failLostClaims(activity, workers, { records, sfn, now, log });
  // Only now, so that the histories show what was given back.
  const builds = await progressOfBuilds(running, sfn);

  const reports: RepairReport[] = [];
  for (const activity of activities) {
    reports.push(await repairActivity(activity, { launching, sfn, seen: { launches, workers, builds, leaving } }));
  }
  return { reports, pages: builds.reduce((sum, build) => sum + build.pages, 0) };
}

export interface Repaired {
  readonly reports: readonly RepairReport[];
  /** Of histories, that were read. */
  readonly pages: number;
}

interface Seen {
  readonly launches: Map<string, LaunchRecord[]>;
  readonly workers: readonly Worker[];
  readonly builds: readonly RunningBuild[];
  readonly leaving: ReadonlySet<string>;
}

async function repairActivity(
  activity: Activity,
  { launching, sfn, seen }: { launching: LaunchContext; sfn: SFNClient; seen: Seen },
): Promise<RepairReport> {
  const { log, now } = launching;
  const arn = activityArn(launching, activity);
  const own = seen.launches.get(activity.name) ?? [];
  const tasks = seen.builds.flatMap((build) => build.tasks).filter((task) => task.activityArn === arn);
  const gone = new Set(seen.workers.filter(({ state }) => state === "gone").map(({ instanceId }) => instanceId));
  const waiting = await waitingDemands(activity.name, { launches: own, reading: launching });
  const { open } = waiting;
  const reopened = await reopenedDemands(activity.name, { gone, launches: own, reading: launching });
  const deficit = measureDeficit({
    activity: activity.name,
    activityArn: arn,
    retries: retriesOf(activity),
    tasks,
    runningExecutions: new Set(seen.builds.map(({ executionArn }) => executionArn)),
    openDemands: [...open, ...reopened],
    workers: seen.workers,
    launches: own,
    leaving: seen.leaving,
    now: now(),
  });

  const expiry = expiredTasks(activity, deficit, { tasks, launches: own, now: now() });
  const answered = [...open, ...deficit.demands.filter((demand) => reopened.includes(demand))].map(({ id }) => id);
  const bootLoop = isBootLoop(activity.name, { workers: seen.workers, tasks, launches: own, now: now() });
  const bootsFail = expiry.bootsFail || bootLoop;
  // Calls that EC2 has just been asked again, and has not answered: what they may have launched is not known, and another would fare no better.
  const unanswered = own.filter(({ finished }) => !finished);
  const launched =
    bootsFail || unanswered.length > 0 ? [] : await launchMissing(activity, deficit, { answered, seen, launching });
  const launches = [...own, ...launched];
  seen.launches.set(activity.name, launches);
  await putAwayDemands(activity.name, waiting, { launches: launched, reading: launching });
  const doom = hopelessTasks(deficit, expiry, { launches, launched });
  const failed = await giveUp(arn, doom, { tasks, launches, sfn, forensics: launching });

  const count = launched.reduce((sum, { instances }) => sum + instances.length, 0);
  const why =
    count < deficit.missing
      ? await whyMissing(activity, { bootsFail, launches, asked: [...unanswered, ...launched], forensics: launching })
      : undefined;
  const report = {
    activity: activity.name,
    pending: deficit.pending.length + deficit.demands.length,
    launched: count,
    failed,
    ...(why === undefined ? {} : { why }),
  };
  const { neverReady, ...workers } = deficit.workers;
  log.info("repair", {
    ...report,
    missing: deficit.missing,
    oldestWaitSeconds: deficit.oldestWaitSeconds,
    bootLoop,
    ...workers,
    neverReady: neverReady.map(({ instanceId }) => instanceId),
  });
  return report;
}

/** In as many words as a build's data has room for. */
async function whyMissing(
  { name, maxWorkers }: Activity,
  {
    bootsFail,
    launches,
    asked,
    forensics,
  }: {
    bootsFail: boolean;
    launches: readonly LaunchRecord[];
    asked: readonly LaunchRecord[];
    forensics: Forensics;
  },
): Promise<string> {
  if (bootsFail) return shortenJson(await whyNoWorker(launches, forensics), MAX_CAUSE_BYTES);
  const errors = asked.flatMap((launch) => launch.errors);
  if (errors.length > 0) return shortenJson(describeRefusals(errors), MAX_CAUSE_BYTES);
  return maxWorkers === undefined
    ? "the stage has as many workers as it may have"
    : `${name} has as many workers as it may have`;
}

/**
 * Answers the open demands too, also where no worker is missing: whoever looks next must not launch for them again. A launch of none notes that a limit
 * is what tasks wait for.
 */
async function launchMissing(
  activity: Activity,
  { pending, demands, missing, onDemand }: Deficit,
  { answered, seen, launching }: { answered: readonly string[]; seen: Seen; launching: LaunchContext },
): Promise<LaunchRecord[]> {
  if (missing === 0 && answered.length === 0) return [];
  const launches = [...seen.launches.values()].flat();
  const { count, limit } = allowance(activity, missing, {
    workers: seen.workers,
    launches,
    stage: launching.stage,
    now: launching.now(),
  });
  if (count < missing) launching.log.info("limit reached", { activity: activity.name, limit, wanted: missing, count });
  const idle = seen.workers.filter((worker) => worker.activity === activity.name && worker.state === "idle");
  return launchWorkers(
    {
      activity,
      count,
      onDemand: Math.min(count, onDemand),
      launchedBy: debugModeOf([...pending, ...demands]),
      // A repaired build gets the machines that it began with. Builds of two deployments share workers: the one that waits longest decides.
      templateVersion: [...pending.toSorted(byWait), ...demands][0]?.templateVersion,
      demands: answered,
      ...(reusesWorkers(launching.stage) && {
        reused: idle.map(({ instanceId }) => instanceId).slice(0, answered.filter((id) => !isAhead(id)).length),
      }),
      situation: [
        ...pending.map(({ execution, scheduledEventId }) => `${execution}/${scheduledEventId}`).sort(),
        ...(seen.launches.get(activity.name) ?? []).map(({ clientToken }) => clientToken),
      ],
    },
    launching,
  );
}

const byWait = (a: TaskOfBuild, b: TaskOfBuild): number => a.waitingSince.getTime() - b.waitingSince.getTime();

async function giveUp(
  arn: string,
  doom: Doom,
  {
    tasks,
    launches,
    sfn,
    forensics,
  }: { tasks: readonly TaskOfBuild[]; launches: readonly LaunchRecord[]; sfn: SFNClient; forensics: Forensics },
): Promise<number> {
  if (doom.tasks.length === 0) return 0;
  const waiting = tasks.filter(({ state }) => state === "waiting").length;
  const message = await whyNoWorker(launches, forensics);
  return failWaitingTasks(arn, doom, { message, waiting }, { sfn, log: forensics.log });
}
