import type { HistoryEvent } from "@aws-sdk/client-sfn";

/** What an event says of why an attempt failed. */
export const failureOf = (event: HistoryEvent) =>
  event.taskFailedEventDetails ??
  event.taskStartFailedEventDetails ??
  event.taskSubmitFailedEventDetails ??
  event.lambdaFunctionFailedEventDetails ??
  event.lambdaFunctionTimedOutEventDetails ??
  event.lambdaFunctionScheduleFailedEventDetails ??
  event.lambdaFunctionStartFailedEventDetails ??
  event.activityFailedEventDetails ??
  event.activityTimedOutEventDetails ??
  event.activityScheduleFailedEventDetails;
