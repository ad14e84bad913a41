import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { instanceOfPollName } from "@muster/pipeline";
import type { Drill } from "./drill.ts";

/** One try of a task, as a build's history tells it. */
export interface Attempt {
  readonly task: string;
  /** Undefined until a worker has it. */
  readonly instanceId: string | undefined;
  /** Undefined until it has ended; its error is undefined where it succeeded. */
  readonly end: { readonly atMs: number; readonly error: string | undefined } | undefined;
}

export interface DrillBuild {
  readonly executionArn: string;
  readonly name: string;
}

/** Reads of histories have a rate of the account's own. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const POLL_MS = 5000;
/** Longer than a build of drills takes, with its waits for machines and for what is not noticed at once. */
const PATIENCE_MS = 60 * 60_000;

export async function startDrillBuild(
  { clients, description, words, clock }: Drill,
  step: string,
): Promise<DrillBuild> {
  const name = `drill-${step.replaceAll(" ", "-")}-${new Date(clock.now()).toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
  const input = JSON.stringify({ inputs: [...words, "--fake-ec2"] });
  const { stateMachineArn } = description;
  const { executionArn = "" } = await clients.sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  return { executionArn, name };
}

/** Waits until something can be said of the attempts of a build that runs; undefined where it ends before, or nothing comes of it for an hour. */
export async function untilSeen<T>(
  { clients: { sfn }, clock }: Pick<Drill, "clients" | "clock">,
  { executionArn }: DrillBuild,
  look: (attempts: readonly Attempt[]) => T | undefined,
): Promise<T | undefined> {
  for (const start = clock.now(); clock.now() - start < PATIENCE_MS; await clock.sleep(POLL_MS)) {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const seen = look(await readAttempts(sfn, executionArn));
    if (seen !== undefined || status !== "RUNNING") return seen;
  }
  return undefined;
}

/** Waits for a build's end; one that has none is stopped. */
export async function untilEnded(drill: Pick<Drill, "clients" | "clock">, build: DrillBuild) {
  const { sfn } = drill.clients;
  const { executionArn } = build;
  for (const start = drill.clock.now(); ; await drill.clock.sleep(POLL_MS)) {
    const { status = "" } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== "RUNNING") return { status, attempts: await readAttempts(sfn, executionArn) };
    if (drill.clock.now() - start > PATIENCE_MS) await stopDrillBuild(drill, build);
  }
}

export async function stopDrillBuild({ clients }: Pick<Drill, "clients">, { executionArn }: DrillBuild): Promise<void> {
  await clients.sfn.send(new StopExecutionCommand({ executionArn, cause: "the drill is done with it" }));
}

async function readAttempts(client: Drill["clients"]["sfn"], executionArn: string): Promise<Attempt[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client, pageSize: 1000 }, { executionArn }))
    events.push(...(page.events ?? []));
  return attemptsIn(events);
}

/** Each event of an attempt names the one before it. */
export function attemptsIn(events: readonly HistoryEvent[]): Attempt[] {
  const attempts = new Map<number, Attempt>();
  const scheduledBy = new Map<number, number>();
  for (const event of events) {
    const { id = 0, previousEventId = 0, activityScheduledEventDetails: scheduled } = event;
    if (scheduled !== undefined) {
      const { name = "" } = JSON.parse(scheduled.input ?? "{}") as { name?: string };
      attempts.set(id, { task: name, instanceId: undefined, end: undefined });
      scheduledBy.set(id, id);
      continue;
    }
    const of = scheduledBy.get(previousEventId);
    const attempt = of === undefined ? undefined : attempts.get(of);
    if (of === undefined || attempt === undefined || !event.type?.startsWith("Activity")) continue;
    scheduledBy.set(id, of);
    attempts.set(of, { ...attempt, ...whatHappened(event) });
  }
  return [...attempts.values()];
}

function whatHappened(event: HistoryEvent): Partial<Attempt> {
  const atMs = event.timestamp?.getTime() ?? 0;
  if (event.activityStartedEventDetails !== undefined)
    return { instanceId: instanceOfPollName(event.activityStartedEventDetails.workerName) };
  const { error } = event.activityFailedEventDetails ?? event.activityTimedOutEventDetails ?? {};
  return {
    end: { atMs, error: event.type === "ActivitySucceeded" ? undefined : (error ?? "an error without a name") },
  };
}
