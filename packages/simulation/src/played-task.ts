import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  isAptPackage,
  MusterError,
  mayTakeBack,
  mayTouch,
  type Per,
  type Published,
  type S3Object,
  type StageDescription,
  s3Url,
  type Task,
  type TaskInput,
  type Touch,
  takenBack,
} from "@muster/pipeline";
import { readText } from "@muster/records";
import { dropPackage, leaveEvidence } from "./leave-evidence.ts";
import type { TaskEnd } from "./task-end.ts";

/** A task, for what plays its script. Objects that the step's `access` does not name are refused, as AWS would; the task then fails. */
export interface PlayedTask {
  /** What its worker is given: `env` is the script's environment. */
  readonly input: TaskInput;
  /** From 1. */
  readonly attempt: number;
  /** An object's text; undefined where there is none. */
  reads(object: S3Object): Promise<string | undefined>;
  /** Puts an object, or a package of an apt suite, with a text in it. */
  writes(what: Published, text?: string): Promise<void>;
  removes(object: S3Object): Promise<void>;
  /** Everything that the definition says it produces and publishes. */
  leavesAll(): Promise<void>;
  /** Removes all that the step's withdrawal takes back; of a package, that its suite's index names it. */
  takesBack(): Promise<void>;
  /** How long the script works; a minute unless said. */
  takes(seconds: number): void;
  /** Ends it with exit code 1. @param line of its log: why */
  fails(line?: string): never;
  /** Its machine is never heard of again. */
  isLost(): never;
}

/** Plays a step's script. It may wait for the methods of its task, and for nothing else: time goes on meanwhile. */
export type PlayedScript = (task: PlayedTask) => void | Promise<void>;

/** What a script did that its step's `access` does not allow. */
export interface BeyondAccess {
  readonly task: string;
  readonly touch: Touch;
  /** As `s3://<role of the bucket>/<key>`. */
  readonly url: string;
}

/** How a played script ends before its last line. */
class ScriptEnd extends MusterError {
  readonly end: TaskEnd | "lost";
  constructor(end: TaskEnd | "lost") {
    super("the played script has ended");
    this.end = end;
  }
}

export interface PlayOptions {
  readonly task: Task;
  readonly input: TaskInput;
  readonly attempt: number;
  readonly s3: S3Client;
  readonly buckets: StageDescription["buckets"];
  readonly onBeyondAccess: (what: BeyondAccess) => void;
}

const USUAL_SECONDS = 60;

/** Leaves what the definition names, or takes that back. */
export const usualScript: PlayedScript = (task) =>
  task.input.env.TAKE_BACK === undefined ? task.leavesAll() : task.takesBack();

/** Has a script played, and says how its task ends. What it throws itself is the test's to see. */
export async function playTask(script: PlayedScript, options: PlayOptions): Promise<TaskEnd | "lost"> {
  const played = playedTask(options);
  try {
    await script(played.task);
    return { seconds: played.seconds() };
  } catch (error) {
    if (error instanceof ScriptEnd) return error.end;
    throw error;
  }
}

function playedTask({ task, input, attempt, s3, buckets, onBeyondAccess }: PlayOptions) {
  let seconds = USUAL_SECONDS;
  const fails = (line?: string): never => {
    throw new ScriptEnd({ seconds, error: "Muster.ScriptFailed", ...(line !== undefined && { line }) });
  };
  const place = ({ bucket, key }: S3Object) => ({ bucket: buckets[bucket], key });
  const touch = (how: Touch, object: S3Object): void => {
    if (mayTouch(task, how, object)) return;
    const url = s3Url(object, buckets);
    onBeyondAccess({ task: input.name, touch: how, url });
    fails(`AccessDenied: access.${how} of ${task.activity.name} does not name ${url}`);
  };
  const writes = async (what: Published, text = input.name) => {
    if (!isAptPackage(what)) touch("writes", what);
    await leaveEvidence(s3, what, { buckets, text });
  };
  const removes = async (object: S3Object) => {
    if (input.env.TAKE_BACK === undefined || !mayTakeBack(task, object)) touch("deletes", object);
    const { bucket: Bucket, key: Key } = place(object);
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  };
  const played: PlayedTask = {
    input,
    attempt,
    async reads(object) {
      touch("reads", object);
      return (await readText(s3, place(object)))?.text;
    },
    writes,
    removes,
    async takesBack() {
      for (const what of takenBack(task.activity, task.subject as never)) {
        if (isAptPackage(what)) await dropPackage(s3, what, buckets);
        else await removes(what);
      }
    },
    async leavesAll() {
      for (const what of madeBy(task)) await writes(what);
    },
    takes(some) {
      seconds = some;
    },
    fails,
    isLost() {
      throw new ScriptEnd("lost");
    },
  };
  return { task: played, seconds: () => seconds };
}

/** All that a task's definition says that it makes. */
function madeBy<P extends Per>({ activity, subject }: Task<P>): Published[] {
  return [...(activity.produces?.(subject) ?? []), ...(activity.publishes?.(subject) ?? [])];
}
