import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { ErrorName, RequestApprovalEvent, taskName } from "@muster/pipeline";
import * as z from "zod";
import { parseJson, readMember } from "./event-data.ts";

/** What a state that waits for a person called its function with; undefined for any other event. */
export function approvalRequest({ taskScheduledEventDetails }: HistoryEvent): RequestApprovalEvent | undefined {
  const payload = readMember(parseJson(taskScheduledEventDetails?.parameters), "Payload");
  return RequestApprovalEvent.safeParse(payload).data;
}

/** The token that a step waits for: the last that it asked with. */
export function tokenOf(events: readonly HistoryEvent[], key: string): string | undefined {
  const requests = events.flatMap((event) => approvalRequest(event) ?? []);
  return requests.findLast((request) => taskName(request.approval, request) === key)?.token;
}

/** What a state with a token asks for, as text: the same when it asks again, with another token. */
export function withoutToken(parameters: string | undefined): string {
  const asked = parseJson(parameters);
  const { token: _, ...payload } = z.looseObject({}).catch({}).parse(readMember(asked, "Payload"));
  return JSON.stringify({ function: readMember(asked, "FunctionName"), payload });
}

/** What a step fails of that nobody has answered. */
export const unanswered = {
  error: ErrorName.notApproved,
  cause: JSON.stringify({ message: "nobody answered in time" }),
};
