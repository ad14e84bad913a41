import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { createRandom } from "../../random.ts";
import { type Service, service } from "../../service.ts";
import { createFlusher, type Flusher } from "../../storage/flusher.ts";
import type { InvokeEventually } from "../lambda/invoke-eventually.ts";
import { activityOperations } from "./api/activity-operations.ts";
import { executionOperations } from "./api/execution-operations.ts";
import { viewOnly, whileOpen } from "./api/guard-operations.ts";
import { mapRunOperations } from "./api/map-run-operations.ts";
import { stateMachineOperations } from "./api/state-machine-operations.ts";
import { tagOperations } from "./api/tag-operations.ts";
import { taskOperations } from "./api/task-operations.ts";
import { createCatalog } from "./catalog.ts";
import { createEngine, type RecordSink } from "./engine.ts";
import { type ExecutionSize, executionSize } from "./execution-size.ts";
import { createExecutionStore } from "./execution-store.ts";
import { type EventType, eventType } from "./interpreter/event-codes.ts";
import { createExecution, type Execution, type ExecutionStart } from "./interpreter/execution.ts";
import { type HistoryEvent, historyEvent } from "./interpreter/history-event.ts";
import { type ExecutionJournals, executionJournals } from "./journal/execution-journal.ts";
import { openMetadata } from "./journal/metadata-journal.ts";
import type { ResultObjects } from "./map-run-effects.ts";
import { statesApi } from "./states-api.ts";
import type { StatesContext } from "./states-context.ts";
import { type SubjectInput, subjectOf } from "./subject-of.ts";
import { type TaskInHand, tasksInHand } from "./tasks-in-hand.ts";

export interface StatesOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  /** Where state machines and executions are kept; absent keeps them in memory. */
  readonly dir?: string | undefined;
  /** False: a view of a folder that another process may own; nothing is written and nothing moves. */
  readonly resume?: boolean;
  /** The same seed, clock and calls give the same histories byte for byte. */
  readonly seed?: string | number | undefined;
  /** Payloads and results cross it as JSON: neither side keeps what it handed over. */
  readonly invoke: InvokeFunction;
  /** Takes what is invoked with the type `Event`; by default it is tried once. */
  readonly invokeEventually?: InvokeEventually;
  /** Divides Wait states, retry delays and the timeouts of callbacks: they only pace. */
  readonly timeScale?: number;
  /** How long GetActivityTask waits for a task; a minute as on AWS. */
  readonly longPollMs?: number;
  /** Events that end an execution; 25,000 as on AWS. */
  readonly historyLimit?: number;
  readonly flusher?: Flusher;
  /** Where distributed Maps read items and write results; without it they fail where they want to. */
  readonly objects?: ResultObjects;
  /** Told of every event once it is written. */
  readonly onEvent?: (observed: ObservedEvent) => void;
  /** Told of executions that cannot be read back, by name. */
  readonly onDamaged?: (name: string, reason: string) => void;
}

/** An event that was written; its details are put together only when they are asked for. */
export interface ObservedEvent {
  readonly executionArn: string;
  readonly type: EventType;
  readonly event: HistoryEvent;
}

export interface States {
  readonly service: Service;
  /** For whoever knows that workers are gone: no API tells. */
  tasksInHand(): TaskInHand[];
  /** Of all executions, as large as they have become. */
  executionSizes(): ExecutionSize[];
  /** Lets executions that were under way go on: call it once everything they may call is up. */
  start(): void;
  /** Stops everything where it is and brings it to the disk; a later `start` goes on from there. */
  close(): Promise<void>;
}

const HISTORY_LIMIT = 25_000;
const LONG_POLL_MS = 60_000;

/** Step Functions on this machine: Standard workflows in JSONPath mode. */
export function createStates(options: StatesOptions): States {
  const { clock, region, accountId, dir, resume = true, seed, onEvent, onDamaged = () => {} } = options;
  const flusher = options.flusher ?? createFlusher();
  const { metadata, catalog, secret } = openCatalog({ dir, resume, seed, flusher, onDamaged });
  const journals: ExecutionJournals | undefined =
    dir === undefined || !resume
      ? undefined
      : executionJournals({
          flusher,
          onEnded(execution, file) {
            catalog.change({ kind: "ended", ended: endedRecord(execution, file) });
            context.executions.ended(execution);
          },
        });
  const engine = createEngine({
    clock,
    secret,
    invoke: options.invoke,
    invokeEventually:
      options.invokeEventually ?? ((name, payload) => void options.invoke(name, payload).catch(() => undefined)),
    sink: journals ?? NO_JOURNAL,
    timeScale: options.timeScale ?? 1,
    historyLimit: options.historyLimit ?? HISTORY_LIMIT,
    objects: options.objects,
    findExecution: (arn) => executions.find(arn),
    begin: (start) => void begin(start),
    mapRunStarted: ({ arn: executionArn }, arn) => catalog.change({ kind: "mapRun", arn, executionArn }),
    activityExists: (arn) => catalog.activities.has(arn),
    onEvent: onEvent && ((execution, eventId) => onEvent(observedEvent(execution, eventId))),
  });
  const folder = dir === undefined ? undefined : join(dir, "executions");
  const executions = createExecutionStore({
    catalog,
    folder,
    owner: resume,
    surroundings: engine.surroundings,
    onDamaged,
  });
  const begin = (start: ExecutionStart): Execution => {
    const execution = createExecution(start, engine.surroundings);
    const { definition: _, ...header } = start;
    executions.add(execution);
    journals?.create(execution, executions.fileOf(execution), { version: 1, ...header });
    engine.start(execution);
    return execution;
  };
  const closing = new Set<() => void>();
  const context: StatesContext = {
    clock,
    random: createRandom(seed === undefined ? undefined : `states/${seed}`),
    catalog,
    executions,
    engine,
    longPollMs: options.longPollMs ?? LONG_POLL_MS,
    arnOf: (kind, name) => `arn:aws:states:${region}:${accountId}:${kind}:${name}`,
    startExecution({ stateMachine, arn, name, inputText }) {
      const { definitionHash } = stateMachine;
      const definition = catalog.definition(definitionHash);
      if (definition === undefined)
        throw new AwsError("InvalidDefinition", `The definition of ${stateMachine.arn} is lost`);
      return begin({
        arn,
        name,
        stateMachineArn: stateMachine.arn,
        stateMachineName: stateMachine.name,
        roleArn: stateMachine.roleArn,
        definitionHash,
        definition,
        inputText,
        startedAtMs: clock.now(),
      });
    },
    redriveExecution(execution) {
      const file = executions.fileOf(execution);
      if (journals !== undefined) {
        catalog.change({ kind: "redriven", arn: execution.arn });
        journals.reopen(execution, file, statSync(file).size);
      }
      executions.add(execution);
      engine.redrive(execution);
    },
    whenClosed(callback) {
      closing.add(callback);
      return () => closing.delete(callback);
    },
  };
  const opened = executions.open();
  for (const { execution, file, soundBytes } of opened) journals?.reopen(execution, file, soundBytes);
  let closed = false;

  const operations = operationsOf(context);
  return {
    service: service("states", {
      protocol: awsJson("AWSStepFunctions"),
      api: statesApi,
      operations: whileOpen(resume ? operations : viewOnly(operations, executions.refresh), () => closed),
      longPolls: ["GetActivityTask"],
      subjectOf: ({ input }) => subjectOf(context, input as SubjectInput),
    }),
    tasksInHand: () => tasksInHand(executions.running, engine.tokens),
    executionSizes: () =>
      executions.summaries().flatMap(({ arn }) => {
        const execution = executions.find(arn);
        return execution === undefined ? [] : [executionSize(execution)];
      }),
    start() {
      for (const { execution } of opened.splice(0)) {
        if (execution.status === "RUNNING") engine.resume(execution);
        else journals?.ended(execution);
      }
    },
    async close() {
      closed = true;
      engine.park(executions.running);
      for (const callback of [...closing]) callback();
      journals?.close();
      metadata?.close();
      await flusher.flush();
    },
  };
}

const operationsOf = (context: StatesContext) => ({
  ...stateMachineOperations(context),
  ...executionOperations(context),
  ...mapRunOperations(context),
  ...activityOperations(context),
  ...taskOperations(context),
  ...tagOperations(context),
});

/** State machines and activities as they were left, and the secret that task tokens are made with. */
function openCatalog({
  dir,
  resume,
  seed,
  flusher,
  onDamaged,
}: Pick<StatesOptions, "dir" | "seed"> & Required<Pick<StatesOptions, "resume" | "flusher" | "onDamaged">>) {
  const metadata =
    dir === undefined
      ? undefined
      : openMetadata({ file: join(dir, "metadata.journal"), owner: resume, flusher, onDamaged });
  const catalog = createCatalog(metadata);
  const secret = seed === undefined ? (catalog.secret ?? randomBytes(24).toString("base64url")) : String(seed);
  if (resume && metadata !== undefined && catalog.secret !== secret) catalog.change({ kind: "secret", secret });
  return { metadata, catalog, secret };
}

const NO_JOURNAL: RecordSink = { append() {}, write() {}, ended() {} };

function observedEvent(execution: Execution, eventId: number): ObservedEvent {
  const recorded = execution.history.at(eventId);
  return {
    executionArn: execution.arn,
    type: eventType(recorded.code),
    get event() {
      return historyEvent(execution, recorded, { includeExecutionData: true });
    },
  };
}

function endedRecord(execution: Execution, file: string) {
  const { arn, name, stateMachineArn, status, startedAtMs, stoppedAtMs = startedAtMs } = execution;
  const { redriveCount, redrivenAtMs, child } = execution;
  return {
    arn,
    name,
    stateMachineArn,
    status,
    startedAtMs,
    stoppedAtMs,
    ...(child === undefined ? {} : { child: { mapRunArn: child.mapRunArn } }),
    ...(redriveCount === 0 ? {} : { redriveCount, redrivenAtMs }),
    file: basename(file),
    bytes: statSync(file).size,
  };
}
