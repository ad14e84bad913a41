import type { Notification, NotificationOutcome, NotificationRecord } from "@muster/pipeline";
import { NotificationRecord as RecordSchema } from "@muster/pipeline";
import { type StateRecords, type StoredRecord, stateKey } from "@muster/records";
import type { Log } from "../log.ts";
import type { Delivery } from "./deliver.ts";

/** An end, as records name it. */
export interface ToldEnd {
  /** Name or ARN. */
  readonly execution: string;
  readonly end: string;
  readonly endedAt: Date;
  readonly messageId: string;
}

export interface TellContext {
  readonly records: StateRecords;
  readonly log: Log;
  now(): Date;
  /** A round with this one. */
  send(notification: Notification): Promise<Delivery>;
}

/** Longer than the function's timeout: whoever has not said more by then is dead. And no longer than Lambda waits before it calls again. */
const AT_IT_MS = 60_000;
/** As often as Lambda calls for one event. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const ROUNDS = 3;

/** `open`: not told yet, by this call or by another one that is at it: call again. */
export type Told = { readonly open: boolean; readonly outcome?: NotificationOutcome };

/**
 * Tells one of them that a build has ended, once. A record says so before and after: whoever finds that somebody is at it leaves it to him,
 * and whoever finds that he died at it tells again, under the same id. So nobody is left out; he who was told by a function that died
 * before it wrote that down is told twice, and knows it by the id.
 */
export async function tellOnce(notification: Notification, of: ToldEnd, context: TellContext): Promise<Told> {
  const { records, now } = context;
  const key = keyOf(notification, of);
  const found = await records.read(key, RecordSchema);
  if (found !== undefined && (found.value.state === "told" || found.value.state === "failed")) return { open: false };
  if (found !== undefined && isAtIt(found.value, now())) return { open: true };
  const rounds = (found?.value.rounds ?? 0) + 1;
  const before = found?.value.requests ?? 0;
  const claim = recordOf(notification, of, { state: "sending", at: now().toISOString(), rounds, requests: before });
  const etag = await records.write(key, claim, found === undefined ? { ifNoneMatch: "*" } : { ifMatch: found.etag });
  if (etag === undefined) return { open: true };
  const delivery = await context.send(notification);
  return settle({ notification, of, claimed: { value: claim, etag }, delivery, context });
}

/** Tells one of them again, because a person says so, whatever the record says; writes down what came of it. */
export async function tellAgain(
  notification: Notification,
  of: ToldEnd,
  { records, now, send }: TellContext,
): Promise<NotificationOutcome> {
  const key = keyOf(notification, of);
  const found = await records.read(key, RecordSchema);
  const delivery = await send(notification);
  const { came, requests, problem } = delivery;
  const isTold = came === "told" || found?.value.state === "told";
  const record = recordOf(notification, of, {
    state: isTold ? "told" : "failed",
    at: came !== "told" && found?.value.state === "told" ? found.value.at : now().toISOString(),
    rounds: (found?.value.rounds ?? 0) + 1,
    requests: (found?.value.requests ?? 0) + requests,
    ...(problem !== undefined && !isTold && { problem }),
  });
  await records.write(key, record);
  return outcomeOf(notification, delivery);
}

interface Settling {
  readonly notification: Notification;
  readonly of: ToldEnd;
  readonly claimed: StoredRecord<NotificationRecord>;
  readonly delivery: Delivery;
  readonly context: TellContext;
}

async function settle({ notification, of, claimed, delivery, context }: Settling): Promise<Told> {
  const { records, log, now } = context;
  const { came, requests, problem } = delivery;
  const { rounds } = claimed.value;
  const isOver = came === "never" || (came === "later" && rounds >= ROUNDS);
  const state = came === "told" ? "told" : isOver ? "failed" : "failing";
  const record: NotificationRecord = {
    ...claimed.value,
    state,
    at: now().toISOString(),
    requests: claimed.value.requests + requests,
    ...(problem !== undefined && { problem }),
  };
  // One who believed this one dead has taken over, and says what came of it.
  const isWritten = (await records.write(keyOf(notification, of), record, { ifMatch: claimed.etag })) !== undefined;
  const fields = { target: notification.name, kind: notification.kind, build: of.execution, requests: record.requests };
  switch (state) {
    case "told":
      log.info("build end told", fields);
      break;
    case "failing":
      log.warn("build end will be told later", { ...fields, problem });
      break;
    case "failed":
      log.error("build end not told", { ...fields, problem });
  }
  return { open: state === "failing" && isWritten, outcome: outcomeOf(notification, delivery) };
}

const keyOf = ({ name }: Notification, { execution, endedAt }: ToldEnd): string =>
  stateKey.notification(execution, endedAt.toISOString(), name);

const isAtIt = ({ state, at }: NotificationRecord, now: Date): boolean =>
  state === "sending" && now.getTime() - Date.parse(at) < AT_IT_MS;

function recordOf(
  { name: target, kind }: Notification,
  { end, endedAt, messageId }: ToldEnd,
  rest: Pick<NotificationRecord, "state" | "at" | "rounds" | "requests" | "problem">,
): NotificationRecord {
  return { target, kind, end, endedAt: endedAt.toISOString(), messageId, ...rest };
}

function outcomeOf({ name: target, kind }: Notification, { came, requests, problem }: Delivery): NotificationOutcome {
  return { target, kind, told: came === "told", requests, ...(problem !== undefined && { problem }) };
}
