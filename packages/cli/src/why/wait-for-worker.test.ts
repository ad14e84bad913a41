import { type Step, unreadBuild } from "@muster/history";
import type { Worker } from "@muster/lambdas";
import type { LaunchError, LaunchRecord } from "@muster/pipeline";
import { expect, test } from "vitest";
import type { TaskFacts } from "./facts.ts";
import type { Wait } from "./situation.ts";
import { waitForWorker } from "./wait-for-worker.ts";

const since = new Date("2026-11-24T12:00:00Z");
const later = (seconds: number): Date => new Date(+since + seconds * 1000);
const now = later(1000);

const step = { kind: "activity", name: "Make", key: "Make-1.2.3", state: "waiting", enteredAt: since, attempts: [] };
const worker = (more: Partial<Worker> = {}): Worker => ({
  instanceId: "i-1",
  activity: "Make",
  state: "active",
  everReady: true,
  stateReason: undefined,
  launchedAt: later(900),
  instanceType: "t3.micro",
  market: "spot",
  zone: "us-west-2a",
  task: undefined,
  tasks: 0,
  ...more,
});
const refusal = (kind: LaunchError["refusal"], zone = "us-west-2a"): LaunchError => ({
  refusal: kind,
  code: `Code of ${kind}`,
  message: "because",
  instanceType: "t3.micro",
  zone,
});
const launch = (seconds: number, more: Partial<LaunchRecord> = {}): LaunchRecord => ({
  activity: "Make",
  clientToken: "t",
  requestedAt: later(seconds).toISOString(),
  wanted: 1,
  market: "spot",
  launchedBy: "",
  demands: [],
  finished: true,
  instances: [],
  errors: [],
  ...more,
});
const refused = (seconds: number, kind: LaunchError["refusal"]) => launch(seconds, { errors: [refusal(kind)] });

interface Known {
  readonly launches?: readonly LaunchRecord[] | null;
  readonly workers?: readonly Worker[] | null;
  readonly step?: Partial<Step>;
  readonly debug?: "skip_ec2";
  readonly now?: Date;
}

function waits({ launches = [], workers = [], step: more, debug, now: at = now }: Known): Wait {
  const input = { versions: ["1.2.3"], platforms: [], activities: [], debug: debug ?? ("" as const) };
  const facts = { build: { ...unreadBuild, input }, launches, workers, now: at };
  return waitForWorker(since, { ...step, ...more } as Step, facts as unknown as TaskFacts);
}

/** By what each kind of wait is told; those that are no wait for a worker have none. */
const known: { readonly [For in Wait["for"]]: Known | null } = {
  decision: null,
  "another look": null,
  "steps before it": null,
  "a person": null,
  "a test worker": { debug: "skip_ec2" },
  capacity: { launches: [refused(0, "capacity"), refused(300, "capacity")] },
  "a quota": { launches: [refused(0, "quota")], workers: [worker()] },
  "EC2's patience": { launches: [refused(0, "throttling")] },
  "EC2 to allow it": { launches: [refused(0, "configuration")] },
  EC2: { launches: [refused(0, "unknown")] },
  "EC2's answer": { launches: [refused(0, "capacity"), launch(990, { finished: false })] },
  "a place": { launches: [launch(0, { wanted: 0 })], workers: [worker({ task: "Make-1.2.2" })] },
  "a machine that starts": {
    launches: [launch(0, { instances: ["i-1"] })],
    workers: [worker({ state: "gone", everReady: false, launchedAt: later(5) })],
  },
  "a booting worker": { launches: [refused(0, "capacity")], workers: [worker({ state: "booting", everReady: false })] },
  "a launched worker": { launches: [launch(990, { instances: ["i-2"] })], workers: [worker()] },
  "a busy worker": { launches: [], workers: [worker({ task: "Make-1.2.2" })] },
  "an idle worker": { workers: [worker({ state: "idle" })], now: later(30) },
  "a launch": {},
  "a worker": { launches: null, workers: null, step: { deferred: { why: "no capacity", at: since } } },
};

test.each(Object.entries(known).filter(([, facts]) => facts !== null))("it waits for %s", (kind, facts) => {
  expect(waits(facts as Known).for).toBe(kind);
});

test("refusals count from the first after the last request that came to all it asked for", () => {
  const launches = [
    refused(0, "capacity"),
    launch(60, { instances: ["i-0"] }),
    refused(300, "capacity"),
    launch(600, { wanted: 2, instances: ["i-9"], errors: [refusal("capacity"), refusal("capacity", "us-west-2b")] }),
  ];
  expect(waits({ launches, workers: [worker({ instanceId: "i-0" }), worker({ instanceId: "i-9" })] })).toMatchObject({
    for: "capacity",
    refusals: { since: later(300), requests: 2, zones: ["us-west-2a", "us-west-2b"], instanceTypes: ["t3.micro"] },
  });
});

test("an idle worker that lets it wait does not poll, and what cannot be read is not taken for nothing", () => {
  expect(waits({ workers: [worker({ state: "idle" })] }).for).toBe("a launch");
  expect(waits({ launches: null, workers: [] })).toEqual({ for: "a worker", why: null });
  expect(waits({ launches: [], workers: null })).toEqual({ for: "a worker", why: null });
});
