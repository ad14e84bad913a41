import { expect } from "vitest";
import type { Orphan } from "../audit/orphan.ts";
import { ago, attempt, BUILD, build, DAY, machine, type Seen, stopped, TASK } from "./audited-stage.ts";

/** A stage of which something is left over, and what is said of it. */
export type OrphanCase = readonly [kind: Orphan["kind"], name: string, seen: Seen, expected: Partial<Orphan>];

const MUST_END = ["aws ec2 terminate-instances --region us-west-2 --instance-ids i-1"];
const SOON = (until: Date) => ({ says: expect.any(String), until });

/** Machines that nothing needs any more. */
export const orphanedMachines: readonly OrphanCase[] = [
  [
    "machine of another pipeline",
    "nobody here looks after it",
    { alive: [machine({ pipeline: "former" })] },
    {
      says: expect.stringContaining("of the pipeline former"),
      repair: null,
      next: MUST_END,
      dollarsPerHour: 0.19,
      dollarsAtMost: 0.1267,
    },
  ],
  [
    "machine without tags",
    "nor after one that has lost its tags",
    { alive: [machine({ pipeline: undefined })] },
    { repair: null, next: MUST_END, seconds: 2400 },
  ],
  [
    "stopped machine",
    "stopped by hand",
    { alive: [machine({ state: "stopped" })] },
    { repair: null, next: MUST_END, dollarsPerHour: null },
  ],
  [
    "old machine",
    "two days old, at a task or not",
    { alive: [machine({ launchedAt: ago(2 * DAY + 5) })], running: [build({ attempts: [attempt()] })] },
    { repair: SOON(ago(-25)), next: MUST_END },
  ],
  [
    "old machine",
    "and the reaper does not come",
    { alive: [machine({ launchedAt: ago(2 * DAY + 60) })] },
    { says: "is more than 48 hours old; the reaper should have ended it by now", repair: null, next: MUST_END },
  ],
  [
    "machine that never became ready",
    "the reaper sees to it",
    { alive: [machine({ state: "booting", tasks: 0, launchedAt: ago(35) })] },
    { says: "was launched 35:00 ago and never became ready", repair: SOON(ago(-15)), next: [], since: ago(35) },
  ],
  [
    "machine that never became ready",
    "it has marked it already",
    { alive: [machine({ state: "booting", tasks: 0, launchedAt: ago(55) })], marks: new Map([["i-1", ago(5)]]) },
    {
      repair: { says: "the reaper has marked it at 14:55 UTC, and ends it in its next cycle", until: ago(-15) },
      next: [],
    },
  ],
  [
    "machine at a task that is over",
    "its build was stopped a moment ago",
    { alive: [machine()], ended: [stopped(1)] },
    {
      says: `is at ${TASK}, which is over: the build ${BUILD} was stopped`,
      repair: SOON(ago(1 - 160 / 60)),
      next: [],
      build: BUILD,
      task: TASK,
      since: ago(1),
    },
  ],
  [
    "machine at a task that is over",
    "and its agent does not learn so",
    { alive: [machine()], ended: [stopped(20)] },
    {
      says: expect.stringMatching(/its worker should have learnt so by now$/),
      repair: { says: "the reaper ends it when it has had no task for 1:55:00", until: ago(20 - 115 - 30) },
      next: MUST_END,
    },
  ],
  [
    "machine at a task that is over",
    "its agent hangs, and another has the task",
    {
      alive: [machine()],
      running: [
        build({
          attempts: [
            attempt({ endedAt: ago(1), error: "States.Timeout" }),
            attempt({ instance: "i-2", startedAt: ago(1) }),
          ],
        }),
      ],
      gone: [],
    },
    { says: expect.stringContaining("its worker was not heard of in time") },
  ],
  [
    "machine at a task that is over",
    "it has told so, and does not go on",
    { alive: [machine()], running: [build({ attempts: [attempt({ endedAt: ago(2) })] })] },
    { says: `has told how ${TASK} ended at 14:58 UTC, and is at it still by its tags`, next: MUST_END },
  ],
  [
    "machine at a task that is over",
    "no build knows it",
    { alive: [machine({ task: "Compile-0.9" })], ended: [stopped(1)] },
    { says: "is at Compile-0.9 by its tags, which no running build waits for", since: null, next: MUST_END },
  ],
  [
    "kept machine",
    "for longer than anybody looks",
    {
      alive: [machine({ state: "failed", launchedAt: ago(400) })],
      ended: [build({ running: false, keepsFailed: true, attempts: [attempt({ endedAt: ago(290), error: "x" })] })],
    },
    { says: expect.stringContaining("four hours later"), next: MUST_END },
  ],
  [
    "kept machine",
    "of a build that keeps none",
    {
      alive: [machine({ state: "failed" })],
      ended: [build({ running: false, attempts: [attempt({ endedAt: ago(45), error: "x" })] })],
    },
    { says: `failed at ${TASK}, and should have ended then`, next: MUST_END },
  ],
  [
    "idle machine",
    "for longer than a worker waits",
    {
      alive: [machine({ state: "idle" })],
      ended: [build({ running: false, attempts: [attempt({ endedAt: ago(23) })] })],
    },
    { says: "has had no task for 23:00, and should have ended itself after 10:00", since: ago(23), next: MUST_END },
  ],
  [
    "idle machine",
    "that has never had one",
    { alive: [machine({ state: "idle", tasks: 0, launchedAt: ago(50) })] },
    { next: MUST_END },
  ],
  [
    "idle machine",
    "that does not end its ending",
    {
      alive: [machine({ state: "stopping" })],
      ended: [build({ running: false, attempts: [attempt({ endedAt: ago(23) })] })],
    },
    { next: MUST_END },
  ],
  [
    "idle machine",
    "for a day, whatever it did",
    { alive: [machine({ state: "idle", launchedAt: ago(DAY + 15) })] },
    { says: "is more than 24 hours old and holds no task", repair: SOON(ago(-15)), next: [] },
  ],
  [
    "machine that nobody launched",
    "by hand, from the template",
    { alive: [machine({ state: "idle", tasks: 0, launchedAt: ago(5), launch: undefined })] },
    { repair: { says: expect.any(String), until: null }, next: [] },
  ],
];
