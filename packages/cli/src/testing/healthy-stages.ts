import { stateKey } from "@muster/records";
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
  type Seen,
  stopped,
  TASK,
  waiting,
} from "./audited-stage.ts";

/** States of a stage in which nothing is left over. */
export const healthy: readonly (readonly [name: string, seen: Seen])[] = [
  ["nothing at all", {}],
  [
    "a running build",
    { alive: [machine()], running: [build({ attempts: [attempt()] })], launches: launches(launch()) },
  ],
  [
    "a worker whose tags are behind",
    { alive: [machine({ state: "booting", launchedAt: ago(50) })], running: [build({ attempts: [attempt()] })] },
  ],
  ["a build that waits for a person, or rests", { running: [build()] }],
  [
    "a worker that boots",
    { alive: [machine({ state: "booting", launchedAt: ago(19), tasks: 0 })], running: [build()] },
  ],
  [
    "a task that has just been taken by a machine that EC2 does not show yet",
    { running: [build({ attempts: [attempt({ startedAt: ago(4) })] })] },
  ],
  [
    "an idle worker within its idle time",
    {
      alive: [machine({ state: "idle" })],
      ended: [build({ running: false, endedAt: ago(8), attempts: [attempt({ endedAt: ago(9) })] })],
    },
  ],
  ["an idle worker that has had no task yet", { alive: [machine({ state: "idle", tasks: 0, launchedAt: ago(9) })] }],
  [
    "one that sources a long init",
    { alive: [machine({ state: "idle", step: "Publish", tasks: 0, launchedAt: ago(60) })] },
  ],
  [
    "a worker that ends",
    {
      alive: [machine({ state: "stopping" })],
      ended: [build({ running: false, attempts: [attempt({ endedAt: ago(21) })] })],
    },
  ],
  [
    "a worker that has just told how its task ended",
    { alive: [machine()], running: [build({ attempts: [attempt({ endedAt: ago(0.5) })] })] },
  ],
  [
    "one at an after-task script",
    {
      alive: [machine({ step: "Publish", task: "Publish-1.2.3" })],
      running: [build({ attempts: [attempt({ task: "Publish-1.2.3", step: "Publish", endedAt: ago(25) })] })],
    },
  ],
  [
    "a machine that is kept for a look",
    {
      alive: [machine({ state: "failed", launchedAt: ago(260) })],
      ended: [
        build({
          running: false,
          keepsFailed: true,
          attempts: [attempt({ endedAt: ago(230), error: "Muster.ScriptFailed" })],
        }),
      ],
    },
  ],
  [
    "a day-old machine at its task",
    { alive: [machine({ launchedAt: ago(DAY + 600) })], running: [build({ attempts: [attempt()] })] },
  ],
  ["a machine of which its build cannot be told", { alive: [machine({ state: "idle" })] }],
  [
    "a task that waits for capacity",
    { running: [build({ waiting: [waiting(50)] })], launches: launches(launch({ requestedAt: ago(3).toISOString() })) },
  ],
  [
    "a task that waits for a busy worker",
    { alive: [machine()], running: [build({ attempts: [attempt()], waiting: [waiting(50)] })] },
  ],
  ["a task that has just been published", { running: [build({ waiting: [waiting(4)] })] }],
  [
    "a lease that its holder renews",
    {
      alive: [machine({ step: "Publish" })],
      running: [build({ attempts: [attempt({ step: "Publish" })] })],
      leases: [exclusive()],
    },
  ],
  [
    "a lease that was let go, and one that has expired",
    { leases: [exclusive({ released: true }), exclusive({ expiresAt: ago(1).toISOString() })] },
  ],
  ["a lease of a task that runs without a build", { leases: [exclusive({ holder: "task" })] }],
  [
    "a lease that is let go as its task ends",
    {
      alive: [machine({ step: "Publish", state: "idle" })],
      running: [build({ attempts: [attempt({ step: "Publish", endedAt: ago(0.2) })] })],
      leases: [exclusive()],
    },
  ],
  [
    "functions that launch",
    {
      leases: [repairing({ holder: "uuid", expiresAt: ago(-1).toISOString() })],
      launches: launches(launch({ finished: false, requestedAt: ago(1).toISOString() })),
      requests: [{ key: "attention/Compile.json", step: "Compile", at: ago(1) }],
    },
  ],
  [
    "a demand that is answered, and one of a running build",
    {
      running: [build()],
      launches: launches(launch({ demands: ["d1"] })),
      demands: [
        { key: "k", id: "d1", step: "Compile", task: TASK, build: "another", enteredAt: ago(10) },
        { key: "k", id: "d2", step: "Compile", task: TASK, build: BUILD, enteredAt: ago(10) },
      ],
    },
  ],
  [
    "the records of a running build, and of one that has just ended",
    {
      running: [build()],
      ended: [stopped(1, { name: "b2", attempts: [] })],
      ofBuilds: [
        { key: stateKey.healthCheckToken(BUILD), build: BUILD, at: ago(3) },
        { key: stateKey.buildDone("b2"), build: "b2", at: ago(1) },
      ],
    },
  ],
  ["records of yesterday", { launches: launches(launch({ requestedAt: ago(DAY + 10).toISOString() })) }],
];
