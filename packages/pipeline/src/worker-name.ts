/**
 * The Name tag of a worker: `ww-0-MakeBinaryPackage` fresh, `wa-1-<task>` with its first task, `ww-1-<task>` after it.
 * A terminated `wa-…` died of a failure, a terminated `ww-…` of boredom.
 */
export interface WorkerName {
  readonly state: "waiting" | "active";
  /** Tasks received so far. */
  readonly tasks: number;
  /** The current or last task; the activity for a fresh worker. */
  readonly subject: string;
}

/** A tag's value holds 256 characters. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
const LONGEST_TAG = 256;

export function workerName({ state, tasks, subject }: WorkerName): string {
  return `${state === "waiting" ? "ww" : "wa"}-${tasks}-${subject}`.slice(0, LONGEST_TAG);
}

/** undefined for a Name tag that is not a worker's. */
export function parseWorkerName(name: string): WorkerName | undefined {
  const match = /^w([wa])-(\d+)-(.*)$/.exec(name);
  return match === null
    ? undefined
    : { state: match[1] === "w" ? "waiting" : "active", tasks: Number(match[2]), subject: match[3] as string };
}
