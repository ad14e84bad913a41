import { stateKey } from "@muster/records";
import { expect } from "vitest";
import {
  ago,
  attempt,
  BUILD,
  build,
  DAY,
  exclusive,
  launch,
  launches,
  machine,
  repairing,
  stopped,
  TASK,
  waiting,
} from "./audited-stage.ts";
import type { OrphanCase } from "./orphaned-machines.ts";

const SOON = (until: Date) => ({ says: expect.any(String), until });

/** Tasks, builds, leases and records that nothing needs any more. */
export const orphanedRecords: readonly OrphanCase[] = [
  [
    "end that was not told",
    "to a chat that answers nothing",
    { untold: [{ build: BUILD, target: "team-chat", kind: "slack", problem: "it answers 503", endedAt: ago(60) }] },
    {
      name: BUILD,
      says: "has ended, and team-chat was not told: it answers 503",
      blocks: null,
      repair: null,
      next: [`muster notifications ${BUILD} --send --to team-chat`],
    },
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
