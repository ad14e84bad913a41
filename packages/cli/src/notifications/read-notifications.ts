import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import {
  type BuildEnd,
  buildEnds,
  type Notification,
  NotificationRecord,
  parseBuildInput,
  wants,
  whyUntold,
} from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import type { BuildSummary } from "../history/find-build.ts";
import type { Stage } from "../stages/stage.ts";

/** What became of telling one of them that a build has ended. Times are ISO 8601, null is what nobody knows, or what does not apply. */
export interface NotificationJson {
  /** By its name in the pipeline. */
  readonly target: string;
  /** `webhook`, `slack`, `sns` */
  readonly kind: string;
  /**
   * `told`; `not told`, and nobody tries any more; `being told`, or tried again within minutes; `not wanted`: it is told of other ends; `off`: the
   * stage does not tell it; `to be told`: the build runs, or has just ended.
   */
  readonly state: "told" | "not told" | "being told" | "not wanted" | "off" | "to be told";
  /** When it came to this. */
  readonly at: Date | null;
  /** How often it was asked. */
  readonly requests: number | null;
  /** Why it was not told, or why not yet. */
  readonly problem: string | null;
}

/** Lambda tries for three minutes: who is at it longer has died, and so has whoever should have begun. */
const PATIENCE_MS = 10 * 60_000;

/** What became of telling a build's end, of all whom the pipeline notifies; where it ended several times, of its last end. */
export async function readNotifications(
  stage: Stage,
  build: Pick<BuildSummary, "executionArn" | "status" | "endedAt">,
  now: Date,
): Promise<NotificationJson[]> {
  const { notifies = [] } = stage.pipeline;
  if (notifies.length === 0) return [];
  const found = await readRecords(stage, build);
  const end = endOf(build, found);
  const isMeant = await canPublish(stage, build.executionArn);
  return notifies.map((notification) => {
    const record = found.findLast(({ target }) => target === notification.name);
    if (record !== undefined) return recorded(record, now);
    return withoutRecord(notification, { stage, build, end, isMeant, now });
  });
}

async function readRecords(
  { s3, description }: Pick<Stage, "s3" | "description">,
  { executionArn, endedAt }: Pick<BuildSummary, "executionArn" | "endedAt">,
): Promise<NotificationRecord[]> {
  const records = stateRecords(await s3(), description.buckets.state);
  const keys = await records.list(stateKey.notifications(executionArn));
  const read = await Promise.all(keys.map((key) => records.read(key, NotificationRecord)));
  const all = read.flatMap((record) => (record === undefined ? [] : [record.value]));
  return all.filter((record) => Date.parse(record.endedAt) === endedAt?.getTime());
}

function endOf({ status }: Pick<BuildSummary, "status">, found: readonly NotificationRecord[]): BuildEnd {
  const told = buildEnds.find((end) => end === found[0]?.end);
  if (told !== undefined) return told;
  switch (status) {
    case "SUCCEEDED":
      return "succeeded";
    case "ABORTED":
      return "stopped";
    case "TIMED_OUT":
      return "timed-out";
    default:
      return "failed";
  }
}

async function canPublish({ sfn, pipeline }: Pick<Stage, "sfn" | "pipeline">, executionArn: string): Promise<boolean> {
  const { input, startDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  try {
    const today = startDate ?? new Date(0);
    return parseBuildInput(JSON.parse(input ?? "{}"), pipeline, { today, running: true }).debug === "";
  } catch {
    return true;
  }
}

function recorded(record: NotificationRecord, now: Date): NotificationJson {
  const { target, kind, at, requests } = record;
  const isLate = now.getTime() - Date.parse(at) > PATIENCE_MS;
  const common = { target, kind, at: new Date(at), requests, problem: whyUntold(record) ?? null };
  switch (record.state) {
    case "told":
      return { ...common, state: "told" };
    case "failed":
      return { ...common, state: "not told" };
    case "failing":
    case "sending":
      return { ...common, state: isLate ? "not told" : "being told" };
  }
}

interface Unrecorded {
  readonly stage: Pick<Stage, "description" | "movedBy">;
  readonly build: Pick<BuildSummary, "status" | "endedAt">;
  readonly end: BuildEnd;
  readonly isMeant: boolean;
  readonly now: Date;
}

function withoutRecord(notification: Notification, { stage, build, end, isMeant, now }: Unrecorded): NotificationJson {
  const { name: target, kind } = notification;
  const nothing = { target, kind, at: null, requests: null, problem: null };
  if (stage.description.notifies?.[target] === undefined) return { ...nothing, state: "off" };
  if (!isMeant) return { ...nothing, state: "not wanted" };
  if (build.status === "RUNNING") return { ...nothing, state: "to be told" };
  if (!wants(notification, end)) return { ...nothing, state: "not wanted" };
  const isLate = now.getTime() - (build.endedAt?.getTime() ?? 0) > PATIENCE_MS;
  return isLate
    ? { ...nothing, state: "not told", problem: "the function Notify has not come to it" }
    : { ...nothing, state: "to be told" };
}
