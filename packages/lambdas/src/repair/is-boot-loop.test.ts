import type { LaunchRecord } from "@muster/pipeline";
import { expect, test } from "vitest";
import type { Worker } from "../workers/describe-workers.ts";
import { isBootLoop } from "./is-boot-loop.ts";

const LAUNCHED = new Date("2026-01-01T00:00:00Z");
const now = new Date("2026-01-01T00:00:10Z");

/** Two machines that were launched ten seconds ago, and ended for this reason before they were ready. */
function twoThatEnded(stateReason: string) {
  const instances = ["i-1", "i-2"];
  const workers = instances.map(
    (instanceId): Worker => ({
      instanceId,
      activity: "Make",
      state: "gone",
      everReady: false,
      stateReason,
      launchedAt: LAUNCHED,
      instanceType: "t3.micro",
      market: "on-demand",
      zone: "us-west-2a",
      task: undefined,
      tasks: 0,
    }),
  );
  const launch: LaunchRecord = {
    activity: "Make",
    clientToken: "token",
    requestedAt: LAUNCHED.toISOString(),
    wanted: 2,
    market: "spot",
    launchedBy: "",
    demands: [],
    finished: true,
    instances,
    errors: [],
  };
  return { workers, launches: [launch], tasks: [], now };
}

test.each(["Client.InstanceInitiatedShutdown", "Client.InternalError"])(
  "machines that end before they are ready by %s are not replaced for ever",
  (stateReason) => {
    expect(isBootLoop("Make", twoThatEnded(stateReason))).toBe(true);
  },
);

test.each(["Server.SpotInstanceTermination", "Server.InternalError"])(
  "machines that EC2 takes away by %s before they are ready say nothing about their image",
  (stateReason) => {
    expect(isBootLoop("Make", twoThatEnded(stateReason))).toBe(false);
  },
);
