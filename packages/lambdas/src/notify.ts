import { createHash } from "node:crypto";
import {
  InvalidInputError,
  MusterError,
  type Notification,
  NotificationRequest,
  type NotifyAnswer,
  nearestWord,
  wants,
} from "@muster/pipeline";
import { chance, failureText, stateRecords } from "@muster/records";
import * as z from "zod";
import { ExecutionStatus } from "./execution-ended.ts";
import { type HandlerContext, handler } from "./handler.ts";
import { deliver } from "./notifying/deliver.ts";
import { type BuildEndMessage, endMessage, trialMessage } from "./notifying/message.ts";
import { pageAddress } from "./notifying/page-address.ts";
import { type Ending, readEnding } from "./notifying/read-ending.ts";
import { type TellContext, type Told, type ToldEnd, tellAgain, tellOnce } from "./notifying/tell.ts";

/** Somebody has not been told yet: Lambda calls again, after one minute and after two. */
export class NotToldYetError extends MusterError {
  override readonly name = "Muster.NotToldYet";
}

type Context = HandlerContext<"s3" | "sfn" | "secretsManager" | "sns">;

/** Tells whom the pipeline names that a build has ended: each of them each end once. Nothing that fails here is the build's failure. */
export const notify = handler(
  "Notify",
  {
    input: z.discriminatedUnion("detail-type", [ExecutionStatus, NotificationRequest]),
    uses: ["s3", "sfn", "secretsManager", "sns"],
  },
  async (event, context): Promise<NotifyAnswer> => {
    const { stage } = context;
    const { detail } = event;
    if ("status" in detail) {
      if (detail.stateMachineArn !== stage.stateMachineArn) return { ignored: "another stage's build" };
      return detail.status === "RUNNING" ? { ignored: "it runs" } : tellEnd(detail.executionArn, context);
    }
    const targets = named(detail.targets, context);
    return detail.executionArn === undefined ? tryOut(targets, context) : repeat(detail.executionArn, targets, context);
  },
);

/** Of the pipeline's notifications those that this stage tells. */
const toldHere = ({ pipeline, stage }: Context): Notification[] =>
  (pipeline.notifies ?? []).filter(({ name }) => stage.notifies?.[name] !== undefined);

/** @throws InvalidInputError naming one that there is not */
function named(names: readonly string[] | undefined, context: Context): Notification[] {
  const here = toldHere(context);
  if (names === undefined) return here;
  return names.map((name) => {
    const found = here.find((each) => each.name === name);
    if (found !== undefined) return found;
    const known = here.map((each) => each.name);
    const nearest = nearestWord(name, known);
    throw new InvalidInputError(`${context.stage.stage} tells no "${name}"`, {
      hint: nearest === undefined ? `it tells ${known.join(", ") || "nobody"}` : `did you mean ${nearest}?`,
    });
  });
}

async function tellEnd(executionArn: string, context: Context): Promise<NotifyAnswer> {
  const here = toldHere(context);
  if (here.length === 0) return { ignored: "this stage tells nobody" };
  const ending = await endingOf(executionArn, context);
  if (ending === undefined) return { ignored: "it runs again" };
  if (ending.input !== undefined && ending.input.debug !== "") return { ignored: "a build that publishes nothing" };
  const wanting = here.filter((notification) => wants(notification, ending.end));
  const of = toldEnd(ending);
  const message = messageOf(ending, context);
  const telling = tellingOf(context, { messageId: of.messageId, message });
  // One whose record cannot be written keeps no other from being told.
  const told = await Promise.all(
    wanting.map(async (notification): Promise<Told> => {
      try {
        return await tellOnce(notification, of, telling);
      } catch (error) {
        context.log.warn("build end will be told later", { target: notification.name, problem: failureText(error) });
        return { open: true };
      }
    }),
  );
  const open = wanting.filter((_, index) => told[index]?.open).map(({ name }) => name);
  if (open.length > 0) throw new NotToldYetError(`not told yet: ${open.join(", ")}`);
  return { outcomes: told.flatMap(({ outcome }) => outcome ?? []) };
}

async function repeat(executionArn: string, targets: readonly Notification[], context: Context): Promise<NotifyAnswer> {
  const ending = await endingOf(executionArn, context);
  if (ending === undefined) {
    throw new InvalidInputError("the build has not ended yet", { hint: "it is told by itself when it has" });
  }
  const of = toldEnd(ending);
  const telling = tellingOf(context, { messageId: of.messageId, message: messageOf(ending, context) });
  return { outcomes: await Promise.all(targets.map((notification) => tellAgain(notification, of, telling))) };
}

async function tryOut(targets: readonly Notification[], context: Context): Promise<NotifyAnswer> {
  const message = trialMessage(context.now(), placeOf(context));
  const { send } = tellingOf(context, { messageId: `msg_${chance().uuid()}`, message });
  const outcomes = targets.map(async (notification) => {
    const { came, requests, problem } = await send(notification);
    const { name: target, kind } = notification;
    return { target, kind, told: came === "told", requests, ...(problem !== undefined && { problem }) };
  });
  return { outcomes: await Promise.all(outcomes) };
}

const placeOf = ({ stage }: Context) => ({ stage: stage.stage, pipeline: stage.pipeline });

const messageOf = (ending: Ending, context: Context): BuildEndMessage =>
  endMessage(ending, placeOf(context), pageAddress(context.stage, ending.executionArn));

const endingOf = (executionArn: string, { pipeline, stage, clients }: Context): Promise<Ending | undefined> =>
  readEnding(executionArn, { sfn: clients.sfn, pipeline, stateMachineArn: stage.stateMachineArn });

/** The same for each of an end's events, and for whoever tells it again. */
function toldEnd({ executionArn, end, endedAt }: Ending): ToldEnd {
  const digest = createHash("sha256").update(`${executionArn} ${endedAt.toISOString()}`).digest("hex");
  return { execution: executionArn, end, endedAt, messageId: `msg_${digest.slice(0, 32)}` };
}

function tellingOf(
  { clients, stage, now, log }: Context,
  told: { messageId: string; message: BuildEndMessage },
): TellContext {
  return {
    records: stateRecords(clients.s3, stage.buckets.state),
    now,
    log,
    send: (notification) =>
      deliver(notification, told, {
        clients,
        place: stage.notifies?.[notification.name] ?? {},
        anywhere: stage.stage === "local",
        now,
      }),
  };
}
