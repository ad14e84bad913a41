import { expect, test } from "vitest";
import type { Instance, InstanceState } from "./instance.ts";
import { type InstanceEvent, STATE_REASONS, transition } from "./instance-transition.ts";

const NOW = 1_000_000;

const instance = (state: InstanceState, more: Partial<Instance> = {}): Instance => ({
  instanceId: "i-0123456789abcdef0",
  reservationId: "r-1",
  state,
  launchMs: 1,
  launchIndex: 0,
  imageId: "ami-1",
  instanceType: "t3.micro",
  market: "spot",
  subnetId: "subnet-1",
  vpcId: "vpc-1",
  availabilityZone: "us-west-2a",
  privateIpAddress: "10.0.0.1",
  securityGroupIds: [],
  shutdownBehavior: "terminate",
  httpTokens: "required",
  instanceMetadataTags: true,
  rootVolumeGb: 8,
  tags: {},
  ...more,
});

const STATES: InstanceState[] = ["pending", "running", "shutting-down", "terminated", "stopping", "stopped"];

/** Where each state leads to: `-` where nothing changes, `!` where EC2 refuses. */
const TABLE: readonly [InstanceEvent, readonly string[]][] = [
  [{ kind: "booted" }, ["running"]],
  [
    { kind: "terminate", reason: STATE_REASONS.byUser },
    ["shutting-down", "shutting-down", "-", "-", "shutting-down", "shutting-down"],
  ],
  [{ kind: "stop" }, ["stopping", "stopping", "!", "!", "-", "-"]],
  [{ kind: "start" }, ["-", "-", "!", "!", "!", "pending"]],
  [{ kind: "taken-back" }, ["-", "shutting-down", "-", "-", "-", "-"]],
  [{ kind: "shut-down-inside" }, ["-", "shutting-down", "-", "-", "-", "-"]],
  [{ kind: "off", after: "shutting-down" }, ["-", "-", "terminated", "-", "-", "-"]],
  [{ kind: "off", after: "stopping" }, ["-", "-", "-", "-", "stopped", "-"]],
  [{ kind: "found-dead" }, ["terminated", "terminated", "terminated", "-", "stopped", "-"]],
];

function outcome(state: InstanceState, event: InstanceEvent): string {
  const before = instance(state);
  try {
    const after = transition(before, event, NOW).instance;
    return after === before ? "-" : after.state;
  } catch (error) {
    expect(error).toMatchObject({ code: "IncorrectInstanceState" });
    return "!";
  }
}

test.each(TABLE)("%o leads from each state to one other, or nowhere, or is refused", (event, goals) => {
  expect(STATES.slice(0, goals.length).map((state) => outcome(state, event))).toEqual(goals);
});

test("an instance goes off in two steps with one reason, and remembers when it ended", () => {
  const { instance: going, effect } = transition(
    instance("running"),
    { kind: "terminate", reason: STATE_REASONS.byUser },
    NOW,
  );
  expect([going.state, going.stateReason, effect]).toEqual(["shutting-down", STATE_REASONS.byUser, "power-off"]);
  const gone = transition(going, { kind: "off", after: "shutting-down" }, NOW);
  expect(gone).toEqual({
    instance: instance("terminated", { stateReason: STATE_REASONS.byUser, terminatedMs: NOW }),
  });
});

test("an instance that starts again is launched now and has no reason of its stop", () => {
  const stopped = instance("stopped", { stateReason: STATE_REASONS.byUser });
  expect(transition(stopped, { kind: "start" }, NOW)).toEqual({
    instance: instance("pending", { launchMs: NOW }),
    effect: "boot",
  });
});

test("what an instance does that shuts itself down, its launch says", () => {
  const stopping = transition(instance("running", { shutdownBehavior: "stop" }), { kind: "shut-down-inside" }, NOW);
  expect(stopping).toMatchObject({ instance: { state: "stopping", stateReason: STATE_REASONS.byInstance } });
});

test("only spot instances are taken back", () => {
  const notice = { kind: "spot-notice", atMs: NOW + 120_000 } as const;
  expect(transition(instance("running"), notice, NOW)).toEqual({
    instance: instance("running", { interruption: { action: "terminate", atMs: NOW + 120_000 } }),
    effect: "announce-interruption",
  });
  expect(() => transition(instance("running", { market: "on-demand" }), notice, NOW)).toThrow("is no spot instance");
});
