import { EventCode } from "./interpreter/event-codes.ts";
import type { Execution, ExecutionStart, Surroundings } from "./interpreter/execution.ts";
import type { Frame } from "./interpreter/frame.ts";
import { childArnOf, type NewChild, openRunOf, type S3Place } from "./interpreter/map-run.ts";
import { attempt, endExecution } from "./interpreter/step.ts";
import { jsonText } from "./language/json-text.ts";
import { resultFiles } from "./result-files.ts";
import { endChildExecution, endWritten, readerFailed, takeItems, writerFailed } from "./state-types/distributed-map.ts";
import type { Turns } from "./turns.ts";

/** What Map Runs read and write in S3. */
export interface ResultObjects {
  read(place: S3Place): Promise<string>;
  write(place: S3Place, text: string): Promise<void>;
}

export interface MapRunEffectsOptions extends Pick<Turns, "run" | "afterWrite"> {
  readonly objects: ResultObjects | undefined;
  readonly isParked: () => boolean;
  readonly findExecution: (arn: string) => Execution | undefined;
  /** Begins an execution that nobody has asked for by its API. */
  readonly begin: (start: ExecutionStart) => void;
  readonly mapRunStarted: (execution: Execution, mapRunArn: string) => void;
}

type MapRunEffects = Pick<
  Surroundings,
  "readItems" | "writeResults" | "startChild" | "abortChild" | "findExecution" | "mapRunStarted"
> & {
  /** Tells the execution around an item's that it has ended. */
  childEnded(child: Execution): void;
  /** Whether it runs an item of a Map Run that is over: a restart came between the two. */
  isLeftOver(execution: Execution): boolean;
};

/** What happens around Map Runs: their executions, and S3. */
export function mapRunEffects(options: MapRunEffectsOptions): MapRunEffects {
  const { run, afterWrite, isParked, objects, findExecution } = options;

  /** Does something in S3 for a frame; whatever it came to is a change of its own. */
  const inS3 = <T>(
    { execution, frame }: { execution: Execution; frame: Frame },
    work: (objects: ResultObjects) => Promise<T>,
    then: { done(result: T): void; failed(reason: string): Error },
  ): void => {
    const mapRun = openRunOf(frame);
    let given = false;
    frame.abortCall = () => {
      given = true;
    };
    afterWrite(() => {
      const working = objects === undefined ? Promise.reject(new Error("there is no S3 here")) : work(objects);
      const settled = (change: () => void) => {
        if (given || isParked() || execution.status !== "RUNNING" || openRunOf(frame) !== mapRun) return;
        frame.abortCall = undefined;
        run(() => attempt(execution, frame, change));
      };
      working.then(
        (result) => settled(() => then.done(result)),
        (error: unknown) =>
          settled(() => {
            throw then.failed(error instanceof Error ? error.message : String(error));
          }),
      );
    });
  };

  const effects: MapRunEffects = {
    findExecution,
    mapRunStarted: options.mapRunStarted,
    readItems(execution, frame, place) {
      inS3({ execution, frame }, (s3) => s3.read(place), {
        done: (text) => takeItems(execution, frame, text),
        failed: readerFailed,
      });
    },
    writeResults(execution, frame, prefix) {
      const mapRun = openRunOf(frame);
      if (mapRun === undefined) return;
      const { manifest, files, written } = resultFiles(mapRun, { prefix, findExecution });
      inS3(
        { execution, frame },
        async (s3) => {
          for (const { place, text } of files) await s3.write(place, text);
        },
        { done: () => endWritten(execution, frame, { manifest, written }), failed: writerFailed },
      );
    },
    startChild(execution, child) {
      const arn = childArnOf(child.mapRunArn, child.name);
      const present = findExecution(arn);
      if (present === undefined) options.begin(startOf(execution, child));
      else if (present.status !== "RUNNING") effects.childEnded(present);
    },
    abortChild(executionArn) {
      const child = findExecution(executionArn);
      if (child === undefined) return;
      endExecution(child, { code: EventCode.ExecutionAborted, failure: undefined });
    },
    childEnded({ child, status }) {
      if (child === undefined) return;
      const parent = findExecution(child.executionArn);
      const frame = parent?.frames.get(child.frameId);
      if (parent === undefined || frame === undefined || openRunOf(frame)?.arn !== child.mapRunArn) return;
      attempt(parent, frame, () => endChildExecution(parent, frame, { index: child.index, status }));
    },
    isLeftOver({ child, status }) {
      if (child === undefined || status !== "RUNNING") return false;
      const parent = findExecution(child.executionArn);
      return (
        parent?.status !== "RUNNING" || parent.mapRuns.find(({ arn }) => arn === child.mapRunArn)?.status !== "RUNNING"
      );
    },
  };
  return effects;
}

function startOf(execution: Execution, { name, input, state, ...child }: NewChild): ExecutionStart {
  const { executionArn, frameId, mapRunArn, label, mapState, index } = child;
  return {
    arn: childArnOf(mapRunArn, name),
    name,
    stateMachineArn: `${execution.stateMachineArn}/${label}`,
    stateMachineName: `${execution.stateMachineName}/${label}`,
    roleArn: execution.roleArn,
    definitionHash: execution.definitionHash,
    definition: { ...state.processor, timeoutSeconds: undefined },
    inputText: jsonText(input),
    startedAtMs: execution.surroundings.now(),
    child: { executionArn, frameId, mapRunArn, label, mapState, index },
  };
}
