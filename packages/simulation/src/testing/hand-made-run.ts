import type { SeedRun } from "../run-seed.ts";
import { soakPipeline } from "../soak-pipeline.ts";

const START_MS = Date.UTC(2026, 0, 1);
const after = (seconds: number): number => START_MS + seconds * 1000;
const BUILD = "arn:aws:states:us-west-2:000000000000:execution:soak:build-1";

/** A build of one task, whose first machine dies after a minute and whose second one does it. */
export function handMadeRun(changes: Partial<SeedRun> = {}): SeedRun {
  const attempt = { task: "Source-1.0.0", activity: "Source", timeoutSeconds: 1800 };
  const run = { task: "Source-1.0.0", activity: "Source", build: BUILD, exclusive: false, fencing: undefined };
  const machine = {
    activity: "Source",
    instanceType: "t3.micro",
    market: "on-demand" as const,
    readyMs: after(60),
    failedMs: undefined,
  };
  return {
    seed: 1,
    pipeline: soakPipeline,
    bootSeconds: 60,
    patienceMs: undefined,
    recorded: {
      calls: [],
      machines: [],
      invocations: [],
      faults: [
        {
          id: "machine.dies/Source#1",
          kind: "machine.dies",
          atMs: after(120),
          what: "i-1 (Source): its hardware fails",
        },
      ],
      runs: [
        {
          ...run,
          machine: "i-1",
          startedMs: after(60),
          endedMs: after(120),
          publishedMs: undefined,
          end: "died with its machine",
        },
        {
          ...run,
          machine: "i-2",
          startedMs: after(200),
          endedMs: after(300),
          publishedMs: after(300),
          end: "succeeded",
        },
      ],
    },
    builds: [
      {
        executionArn: BUILD,
        status: "SUCCEEDED",
        message: undefined,
        startedMs: START_MS,
        endedMs: after(310),
        attempts: [
          {
            ...attempt,
            scheduledMs: START_MS,
            startedMs: after(60),
            machine: "i-1",
            endedMs: after(121),
            error: "Muster.WorkerInterrupted",
            heartbeatLost: false,
          },
          {
            ...attempt,
            scheduledMs: after(122),
            startedMs: after(200),
            machine: "i-2",
            endedMs: after(301),
            error: "",
            heartbeatLost: false,
          },
        ],
        results: undefined,
        events: 20,
        largestStateBytes: 100,
        tooLarge: 0,
      },
    ],
    leftovers: { running: [], leases: [], tokens: [], unended: [] },
    launched: [
      {
        ...machine,
        instanceId: "i-1",
        launchToken: "a",
        launchedMs: START_MS,
        offMs: after(120),
        terminatedMs: after(120),
      },
      {
        ...machine,
        instanceId: "i-2",
        launchToken: "b",
        launchedMs: after(121),
        readyMs: after(190),
        offMs: after(900),
        terminatedMs: after(900),
      },
    ],
    seconds: 900,
    digest: "",
    ...changes,
  };
}
