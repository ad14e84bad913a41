import type { SNSClient } from "@aws-sdk/client-sns";
import { InvalidConfigurationError, type NotificationRequest, NotifyAnswer } from "@muster/pipeline";
import type { HandlerContext } from "./handler.ts";
import { notify } from "./notify.ts";

/** What a machine has of what Notify works with: there is no SNS. */
export type NotifyHere = Omit<HandlerContext<"s3" | "sfn" | "secretsManager">, "now">;

/** Notify in this process, for whoever asks for a trial, or for an end to be told again. @throws what the function throws */
export async function askNotify(request: NotificationRequest, context: NotifyHere): Promise<NotifyAnswer> {
  const clients = { ...context.clients, sns: absentSns };
  return NotifyAnswer.parse(await notify.run(request, { ...context, clients, now: () => new Date() }));
}

const absentSns = {
  send: () => Promise.reject(new InvalidConfigurationError("there is no Amazon SNS here")),
} as unknown as SNSClient;
