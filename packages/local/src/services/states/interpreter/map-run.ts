import type { Json } from "../language/json.ts";
import type { MapState } from "../language/state.ts";
import { seededRandom } from "../seeded-random.ts";

export type MapRunStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";

/** One run of a distributed Map: each of its items is an execution of its own. Plain data: records rebuild it. */
export interface MapRun {
  readonly arn: string;
  readonly mapState: string;
  readonly startedAtMs: number;
  /** As the state says; 0 for AWS's own limit. */
  readonly maxConcurrency: number;
  readonly toleratedCount: number;
  readonly toleratedPercentage: number;
  /** Undefined until they have been read, and once the run is over. */
  items: readonly Json[] | undefined;
  total: number;
  started: number;
  /** By the items' index. */
  readonly running: Set<number>;
  readonly ended: Record<"SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED", number>;
  status: MapRunStatus;
  stoppedAtMs: number | undefined;
  resultsWritten: number;
}

/** What an execution that runs one item of a Map Run belongs to. */
export interface ChildOf {
  readonly executionArn: string;
  readonly frameId: number;
  readonly mapRunArn: string;
  readonly label: string;
  readonly mapState: string;
  readonly index: number;
}

/** An item's execution in terms of its Map Run. */
export interface NewChild extends ChildOf {
  readonly name: string;
  readonly input: Json;
  readonly state: MapState;
}

/** A Map Run runs this many executions at once. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_CONCURRENT_CHILDREN = 10_000;

export const limitOf = ({ maxConcurrency }: MapRun): number =>
  Math.min(maxConcurrency || MOST_CONCURRENT_CHILDREN, MOST_CONCURRENT_CHILDREN);

/** An execution, as far as ARNs go. */
interface MachineOf {
  readonly arn: string;
  readonly stateMachineName: string;
}

/** `arn:…:mapRun:<machine>/<label>:<uuid>` */
export function mapRunArnOf({ arn, stateMachineName }: MachineOf, label: string, uuid: string): string {
  const [partition, service, region, account] = arn.split(":").slice(1);
  return `arn:${partition}:${service}:${region}:${account}:mapRun:${stateMachineName}/${label}:${uuid}`;
}

/** `arn:…:execution:<machine>/<label>:<name>` */
export function childArnOf(mapRunArn: string, name: string): string {
  return [...mapRunArn.replace(":mapRun:", ":execution:").split(":").slice(0, -1), name].join(":");
}

/** An item's execution has one name however often it is started. */
export const childNameOf = (mapRunArn: string, index: number): string => uuidOf(seededRandom(`${mapRunArn}/${index}`));

export function uuidOf(random: () => number): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join("");
  return `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`;
}

export const unsuccessful = ({ ended }: MapRun): number => ended.FAILED + ended.TIMED_OUT + ended.ABORTED;

/** Whether more has failed than the state tolerates: with neither given, a single one is too much. */
export function hasFailed(run: MapRun): boolean {
  const failed = unsuccessful(run);
  if (failed === 0) return false;
  const { toleratedCount: count, toleratedPercentage: percentage, total } = run;
  if (count === 0 && percentage === 0) return true;
  return (count > 0 && failed > count) || (percentage > 0 && (failed / total) * 100 > percentage);
}

/** A frame, as far as its Map Run goes. */
interface InMapRun {
  readonly mapRun: MapRun | undefined;
}

/** Where something lies in S3. */
export interface S3Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** Why an item's execution is not redriven: not even a redrive of the one around it does, since that begins a Map Run anew. */
export const whyItemIsNotRedrivable = (status: string): string =>
  status === "RUNNING" || status === "SUCCEEDED"
    ? `Execution is ${status} and cannot be redriven`
    : "Executions of Map Runs cannot be redriven here";

/** ARNs of the executions that run items of a frame's Map Run. */
export function childrenOf(frame: InMapRun): readonly string[] {
  const run = openRunOf(frame);
  return run === undefined ? [] : [...run.running].map((index) => childArnOf(run.arn, childNameOf(run.arn, index)));
}

/** The run that a frame is in; undefined for one that is not, or no longer. */
export const openRunOf = ({ mapRun }: InMapRun): MapRun | undefined =>
  mapRun?.status === "RUNNING" ? mapRun : undefined;
