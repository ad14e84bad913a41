import type { BuildHistory } from "@muster/history";

/** Who ended a build by `muster stop`; undefined where nobody did. */
export const stoppedBy = ({ state, cause }: Pick<BuildHistory, "state" | "cause">): string | undefined =>
  state === "aborted" ? /^muster stop by (.+)$/.exec(cause ?? "")?.[1] : undefined;
