import { AwsError } from "../../aws-error.ts";
import type { Instance, InstanceState } from "./instance.ts";

export type StateReason = NonNullable<Instance["stateReason"]>;

/** Why instances change state, in EC2's words. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
export const STATE_REASONS = {
  byUser: { code: "Client.UserInitiatedShutdown", message: "Client.UserInitiatedShutdown: User initiated shutdown" },
  byInstance: {
    code: "Client.InstanceInitiatedShutdown",
    message: "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
  },
  bySpot: {
    code: "Server.SpotInstanceTermination",
    message: "Server.SpotInstanceTermination: Spot instance termination",
  },
  byHardware: { code: "Server.InternalError", message: "Server.InternalError: Internal error" },
  byRestart: {
    code: "Server.InternalError",
    message: "Server.InternalError: The machine that ran the instance is gone",
  },
} satisfies Record<string, StateReason>;

/** What happens to an instance. */
export type InstanceEvent =
  | { readonly kind: "launched" | "booted" | "start" | "stop" }
  | { readonly kind: "terminate"; readonly reason: StateReason }
  /** EC2 says that it will take a spot instance back, and then does. */
  | { readonly kind: "spot-notice"; readonly atMs: number }
  | { readonly kind: "taken-back" }
  /** The program that plays it has ended by itself. */
  | { readonly kind: "shut-down-inside" }
  /** The program has ended that it went off with. */
  | { readonly kind: "off"; readonly after: GoingOff }
  /** Nobody plays it any more. */
  | { readonly kind: "found-dead" };

export type GoingOff = "shutting-down" | "stopping";

/** What an event makes of an instance, and what is to be done about it. */
export interface Transition {
  /** The same value where the event changes nothing. */
  readonly instance: Instance;
  readonly effect?: "boot" | "power-on" | "power-off" | "announce-interruption";
}

/**
 * The states of an instance: decides, and reaches nothing outside.
 * @throws AwsError for what the instance's state or market does not allow
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
 */
export function transition(instance: Instance, event: InstanceEvent, nowMs: number): Transition {
  const { state, stateReason } = instance;
  switch (event.kind) {
    case "launched":
      return { instance, effect: "boot" };
    case "booted":
      return { instance: { ...enter(instance, "running"), boots: (instance.boots ?? 0) + 1 }, effect: "power-on" };
    case "start":
      if (state === "running" || state === "pending") return { instance };
      if (state !== "stopped") throw incorrectState(instance, "started");
      return { instance: { ...enter(instance, "pending"), launchMs: nowMs }, effect: "boot" };
    case "stop":
      if (state === "stopped" || state === "stopping") return { instance };
      if (state !== "running" && state !== "pending") throw incorrectState(instance, "stopped");
      return goOff(instance, "stopping", STATE_REASONS.byUser);
    case "terminate":
      if (state === "terminated" || state === "shutting-down") return { instance };
      return goOff(instance, "shutting-down", event.reason);
    case "spot-notice": {
      const { market, instanceId } = instance;
      if (market !== "spot") throw new AwsError("InvalidParameterValue", `${instanceId} is no spot instance`);
      const interruption = { action: "terminate", atMs: event.atMs } as const;
      return { instance: { ...instance, interruption }, effect: "announce-interruption" };
    }
    case "taken-back":
      return state === "running" ? goOff(instance, "shutting-down", STATE_REASONS.bySpot) : { instance };
    case "shut-down-inside": {
      if (state !== "running") return { instance };
      const via = instance.shutdownBehavior === "terminate" ? "shutting-down" : "stopping";
      return goOff(instance, via, STATE_REASONS.byInstance);
    }
    case "off":
      if (state !== event.after) return { instance };
      return {
        instance: state === "stopping" ? enter(instance, "stopped", stateReason) : end(instance, stateReason, nowMs),
      };
    case "found-dead":
      if (state === "terminated" || state === "stopped") return { instance };
      if (state === "stopping") return { instance: enter(instance, "stopped", STATE_REASONS.byRestart) };
      return { instance: end(instance, STATE_REASONS.byRestart, nowMs) };
  }
}

function enter(instance: Instance, state: InstanceState, reason?: StateReason): Instance {
  const { stateReason: _previous, ...rest } = instance;
  return { ...rest, state, ...(reason !== undefined && { stateReason: reason }) };
}

const end = (instance: Instance, reason: StateReason | undefined, nowMs: number): Instance => ({
  ...enter(instance, "terminated", reason),
  terminatedMs: nowMs,
});

const goOff = (instance: Instance, via: GoingOff, reason: StateReason): Transition => ({
  instance: enter(instance, via, reason),
  effect: "power-off",
});

function incorrectState({ instanceId, state }: Instance, goal: string): AwsError {
  return new AwsError(
    "IncorrectInstanceState",
    `The instance '${instanceId}' is not in a state from which it can be ${goal}: it is ${state}.`,
  );
}
