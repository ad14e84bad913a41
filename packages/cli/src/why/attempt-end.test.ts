import { definePipeline, fixedPlatforms, forEachVersion } from "@muster/pipeline";
import { expect, test } from "vitest";
import { MakeSource } from "../testing/stage-for-tests.ts";
import { aroundAttempt, attemptEnd } from "./attempt-end.ts";

/** Its step may take ten minutes. */
const pipeline = definePipeline({
  name: "small",
  summary: "A pipeline for tests",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(MakeSource),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30) + seconds * 1000);
const facts = { workers: null, pipeline, name: "MakeSource" };

test.each([
  ["had its time from when it was put into its queue", { startedAt: at(400), endedAt: at(600) }, "state timed out"],
  ["had its time from when a worker took it", { startedAt: at(400), endedAt: at(1000) }, "state timed out"],
  ["was taken by nobody in its time", { endedAt: at(600) }, "state timed out"],
  ["ended before", { startedAt: at(10), endedAt: at(310) }, "no heartbeat"],
  ["ended before, and had waited for long", { startedAt: at(900), endedAt: at(1200) }, "no heartbeat"],
])("of an attempt that %s, Step Functions says the same", (_, times, how) => {
  const attempt = { scheduledAt: at(0), ...times, error: "States.Timeout" };
  expect(attemptEnd(attempt, aroundAttempt(attempt, facts))).toEqual({ how });
});

test("a machine that EC2 took without notice is told from a step that took too long", () => {
  const attempt = {
    ...{ scheduledAt: at(0), startedAt: at(10), endedAt: at(310) },
    ...{ error: "States.Timeout", instance: "i-0123456789abcdef0" },
  };
  const worker = { instanceId: attempt.instance, stateReason: "Server.SpotInstanceTermination" };
  const workers = [worker] as unknown as NonNullable<Parameters<typeof aroundAttempt>[1]["workers"]>;
  expect(attemptEnd(attempt, aroundAttempt(attempt, { ...facts, workers }))).toEqual({ how: "reclaimed" });
});

test("where the step's time is not known, the error is taken at its word", () => {
  expect(attemptEnd({ error: "States.Timeout" })).toEqual({ how: "state timed out" });
});
