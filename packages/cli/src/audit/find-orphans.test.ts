import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import {
  ago,
  attempt,
  BUILD,
  build,
  DAY,
  exclusive,
  found,
  inventory,
  launch,
  launches,
  machine,
  now,
  repairing,
  type Seen,
  stage,
  stopped,
  TASK,
  waiting,
} from "../testing/audited-stage.ts";
import { healthy } from "../testing/healthy-stages.ts";
import { findOrphans } from "./find-orphans.ts";
import type { Inventory } from "./inventory.ts";
import { ORPHAN_KINDS, type Orphan } from "./orphan.ts";

test.each(healthy)("%s: 0 orphans", (_name, seen) => {
  expect(found(seen)).toEqual([]);
});

const MUST_END = ["aws ec2 terminate-instances --region us-west-2 --instance-ids i-1"];
const SOON = (until: Date) => ({ says: expect.any(String), until });

const orphans: readonly (readonly [kind: Orphan["kind"], name: string, seen: Seen, expected: Partial<Orphan>])[] = [
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
      repair: SOON(new Date(+ago(40) + (24 * 60 + 30) * 60_000)),
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
  [
    "task on a lost machine",
    "that EC2 shows no more",
    { running: [build({ attempts: [attempt()] })] },
    {
      name: TASK,
      says: "was taken by i-1 at 14:30 UTC, which EC2 does not show",
      blocks: "its build waits for it",
      next: [],
    },
  ],
  [
    "task on a lost machine",
    "that has ended",
    { gone: ["i-1"], running: [build({ attempts: [attempt({ startedAt: ago(1) })] })] },
    { says: expect.stringContaining("has ended") },
  ],
  [
    "task without a worker",
    "that nobody has asked for",
    { running: [build({ waiting: [waiting(16)] })] },
    {
      says: "has waited for a worker for 16:00, and no health check has asked for one",
      repair: null,
      next: [`muster why ${TASK} --build ${BUILD}`, `muster stop ${BUILD}`],
    },
  ],
  [
    "build that is done",
    "and was not woken up",
    {
      running: [build()],
      ofBuilds: [
        { key: stateKey.buildDone(BUILD), build: BUILD, at: ago(3) },
        { key: stateKey.healthCheckToken(BUILD), build: BUILD, at: ago(4) },
      ],
    },
    { name: BUILD, repair: SOON(ago(-41)), blocks: expect.stringContaining("is refused") },
  ],
  [
    "lease",
    "of a machine that is gone",
    { leases: [exclusive()] },
    {
      says: "is held by i-1, which EC2 does not show",
      blocks: "tasks of Publish wait for it",
      repair: SOON(ago(-2.5)),
      next: [],
    },
  ],
  [
    "lease",
    "of a worker whose build was stopped",
    { alive: [machine({ state: "idle", step: "Publish" })], ended: [stopped(1)], leases: [exclusive()] },
    { says: `is held by i-1, whose task is over: the build ${BUILD} was stopped` },
  ],
  [
    "lease",
    "that nobody can have taken for so long",
    { leases: [exclusive({ holder: "somebody", expiresAt: "2027-01-01T00:00:00.000Z" })] },
    {
      next: [
        `echo '{"holder":"somebody","fencing":7,"expiresAt":"2027-01-01T00:00:00.000Z","released":true}' | aws s3 cp --region us-west-2 - s3://example-state/leases/exclusive/Publish.json`,
      ],
    },
  ],
  [
    "repair lease",
    "that no function can have taken for so long",
    { leases: [repairing({ expiresAt: ago(-30).toISOString() })] },
    { blocks: "nothing is launched for Compile meanwhile" },
  ],
  [
    "unanswered launch",
    "of a function that died",
    {
      alive: [machine({ state: "booting", launchedAt: ago(4) })],
      running: [build()],
      launches: launches(launch({ finished: false, instances: [], requestedAt: ago(5).toISOString() })),
    },
    {
      says: "asked EC2 for 1 worker at 14:55 UTC, and nobody has written down the answer, and EC2 shows 1 of it",
      blocks: "nothing else is launched for Compile until 15:10 UTC",
      repair: { says: "the next health check makes the same request again, which starts nothing twice", until: null },
    },
  ],
  [
    "demand of an ended build",
    "which starts a machine too many",
    { demands: [{ key: "k", id: "d", step: "Compile", task: TASK, build: "b", enteredAt: ago(10) }] },
    { name: TASK, build: "b", repair: SOON(ago(-20)), next: [] },
  ],
  [
    "repair request",
    "that nobody has served",
    { requests: [{ key: "attention/Compile.json", step: "Compile", at: ago(16) }], running: [build()] },
    { name: "Compile", blocks: "workers that are missing are not launched" },
  ],
  [
    "repair request",
    "without a build",
    { requests: [{ key: "attention/Compile.json", step: "Compile", at: ago(16) }] },
    { blocks: null, repair: { says: "the next build does it", until: null } },
  ],
  [
    "record of an ended build",
    "that the reaper drops",
    {
      ended: [stopped(5, { attempts: [] })],
      ofBuilds: [{ key: stateKey.healthCheckToken(BUILD), build: BUILD, at: ago(8) }],
    },
    {
      since: ago(5),
      says: "has ended, and left 1 record that only a running build needs",
      repair: SOON(ago(-15)),
      next: [],
    },
  ],
  [
    "record of an ended build",
    "and the reaper does not come",
    { ofBuilds: [{ key: stateKey.healthCheckToken(BUILD), build: BUILD, at: ago(45) }] },
    { repair: null, next: [`aws s3 rm --recursive --region us-west-2 s3://example-state/executions/${BUILD}/`] },
  ],
  [
    "old records",
    "that the reaper should have dropped",
    { demandKeys: [{ key: "demands/Compile/x", at: ago(DAY + 21) }] },
    { next: ["muster doctor"] },
  ],
];

test.each(orphans)("%s: %s", (kind, _name, seen, expected) => {
  const all = found(seen);
  expect(all).toEqual([expect.objectContaining({ kind, ...expected })]);
});

test("a build that nobody moves stands still, and its leases and records are whose who moves it next", () => {
  const seen = {
    running: [build({ attempts: [attempt()], waiting: [waiting(60)] })],
    leases: [exclusive()],
    ofBuilds: [{ key: "k", build: "b", at: ago(60) }],
  };
  expect(found(seen, { moving: false })).toEqual([
    expect.objectContaining({
      kind: "build that stands still",
      name: BUILD,
      next: ["muster build 1.2.3", `muster stop ${BUILD}`],
    }),
  ]);
});

test("a machine that has ended under its task leaves the task and the lease", () => {
  const running = [build({ attempts: [attempt({ step: "Publish", startedAt: ago(1) })] })];
  expect(found({ gone: ["i-1"], running, leases: [exclusive()] })).toEqual([
    expect.objectContaining({ kind: "task on a lost machine" }),
    expect.objectContaining({ kind: "lease", name: "Publish's lease", says: "is held by i-1, which has ended" }),
  ]);
});

test("the tables go through every kind", () => {
  const shown = new Set<string>([...orphans.map(([kind]) => kind), "build that stands still"]);
  expect(ORPHAN_KINDS.filter((kind) => !shown.has(kind))).toEqual([]);
});

test("of what could not be read nothing is said", () => {
  const unread: Inventory = {
    now,
    machines: null,
    builds: null,
    leases: null,
    launches: null,
    demands: null,
    demandKeys: null,
    requests: null,
    ofBuilds: null,
    marks: null,
    unread: [],
  };
  expect(findOrphans(unread, stage)).toEqual([]);
  for (const [, name, seen] of [...orphans, ...healthy.map(([healthyName, of]) => ["", healthyName, of] as const)]) {
    const whole = inventory(seen);
    for (const part of ["machines", "builds", "launches", "leases"] as const) {
      const kinds = findOrphans({ ...whole, [part]: null }, stage).map(({ kind }) => kind);
      const known = findOrphans(whole, stage).map(({ kind }) => kind);
      expect(
        kinds.filter((kind) => !known.includes(kind)),
        `${name} without ${part}`,
      ).toEqual([]);
    }
  }
});

test("on this machine nothing costs anything, and commands name its endpoint", () => {
  const [orphan] = found({ alive: [machine({ state: "stopped" })] }, { isBilled: false, url: "http://127.0.0.1:1" });
  expect(orphan).toMatchObject({
    dollarsPerHour: null,
    next: ["aws ec2 terminate-instances --region us-west-2 --endpoint-url http://127.0.0.1:1 --instance-ids i-1"],
  });
});

test("a price that the pipeline says counts before the list's", () => {
  const [orphan] = found({ alive: [machine({ step: "Publish", pipeline: undefined, launchedAt: ago(60) })] });
  expect(orphan).toMatchObject({ dollarsPerHour: 0.01, dollarsAtMost: 0.01 });
});
