import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { RequestApprovalEvent, taskName } from "@muster/pipeline";
import { parseJson, readMember } from "../history/event-data.ts";

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
