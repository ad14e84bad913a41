import type { Step } from "@muster/history";
import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type LaunchRecord,
  type Lease,
  minutes,
  scratch,
} from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { findOrphans } from "../audit/find-orphans.ts";
import type { AuditedAttempt, AuditedBuild, AuditedStage, Inventory, Launches, Machine } from "../audit/inventory.ts";

export const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(1),
  worker: { instanceTypes: ["c6i.xlarge"] },
  produces: ({ version }) => [scratch(version)],
});
export const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  afterTask: "after.sh",
  init: "init.sh",
  timeout: minutes(30),
  worker: { instanceTypes: ["t3.micro"], pricePerHour: 0.01 },
  exclusive: true,
});
export const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(forEachPlatform(Compile), Publish),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

export const now = new Date("2026-11-24T15:00:00Z");
export const ago = (mins: number): Date => new Date(+now - mins * 60_000);
export const DAY = 24 * 60;
export const stage: AuditedStage = {
  pipeline,
  stage: "production",
  region: "us-west-2",
  stateBucket: "example-state",
  moving: true,
  isBilled: true,
  reapEveryMs: 600_000,
  idleMs: 600_000,
  url: undefined,
  muster: (...words) => ["muster", ...words].join(" "),
};
export const TASK = "Compile-1.2.3-debian-12-bookworm";
export const BUILD = "1.2.3_alice";

export const machine = (more: Partial<Machine> = {}): Machine => ({
  instance: "i-1",
  step: "Compile",
  state: "active",
  task: more.state === undefined || more.state === "active" || more.state === "failed" ? TASK : undefined,
  tasks: 1,
  launchedAt: ago(40),
  instanceType: "c6i.xlarge",
  pipeline: "example",
  launch: "token-1",
  ...more,
});
export const attempt = (more: Partial<AuditedAttempt> = {}): AuditedAttempt => ({
  task: TASK,
  step: "Compile",
  instance: "i-1",
  startedAt: ago(30),
  endedAt: undefined,
  error: undefined,
  ...more,
});
export const build = (more: Partial<AuditedBuild> = {}): AuditedBuild => ({
  name: BUILD,
  executionArn: `arn:${BUILD}`,
  running: true,
  status: "RUNNING",
  startedAt: ago(60),
  endedAt: undefined,
  words: ["1.2.3"],
  keepsFailed: false,
  attempts: [],
  waiting: [],
  events: 100,
  ...more,
});
export const stopped = (minutesAgo: number, more: Partial<AuditedBuild> = {}): AuditedBuild =>
  build({ running: false, status: "ABORTED", endedAt: ago(minutesAgo), attempts: [attempt()], ...more });
export const waiting = (minutesAgo: number): Step => ({
  kind: "activity",
  per: "platform",
  version: "1.2.3",
  platform: "debian-12-bookworm",
  name: "Compile",
  key: TASK,
  state: "waiting",
  enteredAt: ago(minutesAgo),
  attempts: [{ scheduledAt: ago(minutesAgo) }],
});
export const launch = (more: Partial<LaunchRecord> = {}): LaunchRecord => ({
  activity: "Compile",
  clientToken: "token-1",
  requestedAt: ago(41).toISOString(),
  wanted: 1,
  market: "on-demand",
  launchedBy: "",
  demands: [],
  finished: true,
  instances: ["i-1"],
  errors: [],
  ...more,
});
export const launches = (...read: LaunchRecord[]): Launches => ({
  read,
  tokens: new Set(["token-1", ...read.map(({ clientToken }) => clientToken)]),
  keys: read.map(({ activity: name, requestedAt, clientToken }) => ({
    key: stateKey.launch(name, requestedAt, clientToken),
    at: new Date(requestedAt),
  })),
});
export const lease = (more: Partial<Lease> = {}): Lease => ({
  holder: "i-1",
  fencing: 7,
  expiresAt: ago(-2).toISOString(),
  released: false,
  ...more,
});
export const exclusive = (more: Partial<Lease> = {}) =>
  ({ key: stateKey.exclusiveLease("Publish"), kind: "exclusive", name: "Publish", lease: lease(more) }) as const;
export const repairing = (more: Partial<Lease> = {}) =>
  ({ key: stateKey.repairLease("Compile"), kind: "repair", name: "Compile", lease: lease(more) }) as const;

export interface Seen extends Partial<Omit<Inventory, "machines">> {
  readonly alive?: readonly Machine[];
  readonly gone?: readonly string[];
  readonly running?: readonly AuditedBuild[];
  readonly ended?: readonly AuditedBuild[];
}

export function inventory({ alive = [], gone = [], running = [], ended = [], ...more }: Seen): Inventory {
  return {
    now,
    machines: { alive, gone: new Set(gone) },
    builds: { running, ended, latest: [...running, ...ended] },
    leases: [],
    launches: launches(),
    demands: [],
    demandKeys: [],
    requests: [],
    ofBuilds: [],
    marks: new Map(),
    untold: [],
    unread: [],
    ...more,
  };
}

export const found = (seen: Seen, of: Partial<AuditedStage> = {}) => findOrphans(inventory(seen), { ...stage, ...of });
