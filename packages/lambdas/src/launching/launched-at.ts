import type { LaunchRecord } from "@muster/pipeline";

/** When the instances of a launch began to exist, for all that is known; milliseconds since 1970. */
export const launchedAt = ({ answeredAt, requestedAt }: Pick<LaunchRecord, "answeredAt" | "requestedAt">): number =>
  new Date(answeredAt ?? requestedAt).getTime();
