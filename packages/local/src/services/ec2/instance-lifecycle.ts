import { AwsError } from "../../aws-error.ts";
import type { ClientConfig } from "../../client-config.ts";
import { type Cancel, type Clock, sleepUntil } from "../../clock.ts";
import type { EventSource } from "../../event-source.ts";
import type { OpenListener } from "../../http-listener.ts";
import type { Movement } from "../../movement.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { type ConsoleOutputs, consoleOutputs } from "./console-output.ts";
import type { FaultyHardware } from "./ec2-faults.ts";
import { type Instance, type InstanceState, isVisible } from "./instance.ts";
import { accessKeyIdOf } from "./instance-credentials.ts";
import { instanceMetadata, METADATA_ADDRESSES } from "./instance-metadata.ts";
import type { RunInstance } from "./run-instance.ts";
import { decodeUserData } from "./user-data.ts";

export interface LifecycleOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly movement: Movement;
  readonly region: string;
  readonly accountId: string;
  readonly runInstance: RunInstance;
  /** Each instance has a metadata service of its own, because SDKs drop the path of its address. */
  readonly openListener: OpenListener;
  readonly clientConfig: (accessKeyId: string) => ClientConfig;
  readonly publish: EventSource;
  readonly hardware: FaultyHardware;
  /** From `pending` to `running`. */
  readonly bootMs: number;
  /** From `shutting-down` to `terminated`, on top of what the instance itself takes. */
  readonly shutdownMs: number;
}

type StateReason = NonNullable<Instance["stateReason"]>;

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
  byRestart: {
    code: "Server.InternalError",
    message: "Server.InternalError: The machine that ran the instance is gone",
  },
} satisfies Record<string, StateReason>;

/** All instances, their states, and the programs that play them. */
export interface InstanceLifecycle {
  readonly consoles: ConsoleOutputs;
  get(instanceId: string): Instance | undefined;
  /** Those that EC2 still tells about, in the order of their launch. */
  visible(): Instance[];
  /** Takes the instances in as `pending` and boots them. */
  launch(instances: readonly Instance[]): void;
  retag(instanceId: string, tags: Instance["tags"]): void;
  /** Does nothing to an instance that is on its way already. */
  terminate(instanceId: string, reason: StateReason): void;
  stop(instanceId: string): void;
  startAgain(instanceId: string): void;
  /** A spot notice now, and the end `noticeMs` later. */
  interrupt(instanceId: string, noticeMs: number): void;
  /** Nobody plays the instances of a process that is gone: they are found terminated. */
  resume(): void;
  close(): Promise<void>;
}

interface Power {
  readonly controller: AbortController;
  readonly off: Promise<void>;
}

/** Records outlive their hour of visibility, because client tokens still name them. */
const KEPT_AFTER_TERMINATION_MS = 25 * 3_600_000;

export function instanceLifecycle(options: LifecycleOptions): InstanceLifecycle {
  const { storage, clock, movement, hardware, publish } = options;
  const instances = openStoredMap<Instance>(storage, "ec2/instances");
  const consoles = consoleOutputs(storage);
  const powered = new Map<string, Power>();
  const timers = new Map<string, Cancel>();
  let closing = false;

  const arnOf = (instanceId: string) => `arn:aws:ec2:${options.region}:${options.accountId}:instance/${instanceId}`;
  const mustGet = (instanceId: string): Instance => {
    const instance = instances.get(instanceId);
    if (instance !== undefined) return instance;
    throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
  };
  const enter = (instanceId: string, state: InstanceState, reason?: StateReason) => {
    const { stateReason: _previous, ...instance } = mustGet(instanceId);
    instances.set(instanceId, {
      ...instance,
      state,
      ...(reason !== undefined && { stateReason: reason }),
      ...(state === "terminated" && { terminatedMs: clock.now() }),
    });
    publishState(instanceId, state);
  };
  const publishState = (instanceId: string, state: InstanceState) =>
    publish({
      source: "aws.ec2",
      detailType: "EC2 Instance State-change Notification",
      resources: [arnOf(instanceId)],
      detail: { "instance-id": instanceId, state },
    });
  const arm = (instanceId: string, atMs: number, callback: () => void) => {
    timers.get(instanceId)?.();
    timers.set(
      instanceId,
      clock.at(atMs, () => {
        timers.delete(instanceId);
        callback();
      }),
    );
  };

  const play = async (instanceId: string, controller: AbortController): Promise<void> => {
    const instance = mustGet(instanceId);
    const metadata = instanceMetadata({ ...options, instance: () => mustGet(instanceId) });
    const listener = await movement.track(`metadata of ${instanceId}`, () =>
      options.openListener(async (request) => metadata(request), { allowedHosts: METADATA_ADDRESSES }),
    );
    try {
      await options.runInstance({
        instanceId,
        instanceType: instance.instanceType,
        availabilityZone: instance.availabilityZone,
        region: options.region,
        userData: decodeUserData(instance.userData),
        tags: instance.tags,
        metadataUrl: listener.url,
        accessKeyId: accessKeyIdOf(instanceId),
        clientConfig: () => options.clientConfig(accessKeyIdOf(instanceId)),
        signal: controller.signal,
        console: (text) => consoles.append(instanceId, text),
      });
    } catch (error) {
      if (!controller.signal.aborted) consoles.append(instanceId, `${error instanceof Error ? error.stack : error}\n`);
    } finally {
      await listener.close();
    }
  };
  const powerOn = (instanceId: string) => {
    enter(instanceId, "running");
    const bootFailure = hardware.takeBootFailure();
    if (bootFailure !== undefined) return consoles.append(instanceId, bootFailure);
    const controller = new AbortController();
    const off = movement
      .detach(() => play(instanceId, controller))
      .then(() => {
        powered.delete(instanceId);
        if (!controller.signal.aborted) shutDownFromInside(instanceId);
      });
    powered.set(instanceId, { controller, off });
  };
  const boot = (instanceId: string) => {
    publishState(instanceId, "pending");
    arm(instanceId, clock.now() + options.bootMs, () => powerOn(instanceId));
  };
  /** Goes through `via` to `end` as soon as the program that plays the instance has ended. */
  const powerOff = (instanceId: string, via: InstanceState, end: InstanceState, reason: StateReason) => {
    timers.get(instanceId)?.();
    timers.delete(instanceId);
    enter(instanceId, via, reason);
    const power = powered.get(instanceId);
    power?.controller.abort(new Error(reason.message));
    const ending = async () => {
      await power?.off;
      if (options.shutdownMs > 0) await sleepUntil(clock, clock.now() + options.shutdownMs);
      if (!closing && mustGet(instanceId).state === via) enter(instanceId, end, reason);
    };
    // Only a disk that refuses the new state can fail here, and nobody waits for the answer.
    ending().catch((error: Error) => storage.onDamaged(instanceId, error.message));
  };
  const shutDownFromInside = (instanceId: string) => {
    if (mustGet(instanceId).state !== "running") return;
    const terminates = mustGet(instanceId).shutdownBehavior === "terminate";
    if (terminates) powerOff(instanceId, "shutting-down", "terminated", STATE_REASONS.byInstance);
    else powerOff(instanceId, "stopping", "stopped", STATE_REASONS.byInstance);
  };
  const forgetOld = () => {
    for (const { instanceId, terminatedMs } of [...instances.values()]) {
      if (terminatedMs !== undefined && terminatedMs + KEPT_AFTER_TERMINATION_MS < clock.now())
        instances.delete(instanceId);
    }
  };

  return {
    consoles,
    get: (instanceId) => instances.get(instanceId),
    visible: () =>
      [...instances.values()]
        .filter((instance) => isVisible(instance, clock.now()))
        .sort((a, b) => a.launchMs - b.launchMs || a.launchIndex - b.launchIndex),
    launch(launched) {
      forgetOld();
      for (const instance of launched) instances.set(instance.instanceId, instance);
      for (const { instanceId } of launched) boot(instanceId);
    },
    retag: (instanceId, tags) => instances.set(instanceId, { ...mustGet(instanceId), tags }),
    terminate(instanceId, reason) {
      const { state } = mustGet(instanceId);
      if (state === "terminated" || state === "shutting-down") return;
      powerOff(instanceId, "shutting-down", "terminated", reason);
    },
    stop(instanceId) {
      const { state } = mustGet(instanceId);
      if (state === "stopped" || state === "stopping") return;
      if (state !== "running" && state !== "pending") throw incorrectState(instanceId, "stopped", state);
      powerOff(instanceId, "stopping", "stopped", STATE_REASONS.byUser);
    },
    startAgain(instanceId) {
      const { state } = mustGet(instanceId);
      if (state === "running" || state === "pending") return;
      if (state !== "stopped") throw incorrectState(instanceId, "started", state);
      const { stateReason: _previous, ...instance } = mustGet(instanceId);
      instances.set(instanceId, { ...instance, state: "pending", launchMs: clock.now() });
      boot(instanceId);
    },
    interrupt(instanceId, noticeMs) {
      const instance = mustGet(instanceId);
      if (instance.market !== "spot") throw new AwsError("InvalidParameterValue", `${instanceId} is no spot instance`);
      const atMs = clock.now() + noticeMs;
      instances.set(instanceId, { ...instance, interruption: { action: "terminate", atMs } });
      publish({
        source: "aws.ec2",
        detailType: "EC2 Spot Instance Interruption Warning",
        resources: [`arn:aws:ec2:${instance.availabilityZone}:instance/${instanceId}`],
        detail: { "instance-id": instanceId, "instance-action": "terminate" },
      });
      arm(instanceId, atMs, () => {
        if (mustGet(instanceId).state !== "running") return;
        powerOff(instanceId, "shutting-down", "terminated", STATE_REASONS.bySpot);
      });
    },
    resume() {
      for (const { instanceId, state } of [...instances.values()]) {
        if (powered.has(instanceId) || timers.has(instanceId)) continue;
        if (state === "stopping") enter(instanceId, "stopped", STATE_REASONS.byRestart);
        else if (state !== "terminated" && state !== "stopped")
          enter(instanceId, "terminated", STATE_REASONS.byRestart);
      }
    },
    async close() {
      closing = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
      const off = [...powered.values()].map((power) => power.off);
      for (const { controller } of powered.values()) controller.abort(new Error("the local AWS is closing"));
      await Promise.all(off);
    },
  };
}

function incorrectState(instanceId: string, goal: string, state: InstanceState): AwsError {
  return new AwsError(
    "IncorrectInstanceState",
    `The instance '${instanceId}' is not in a state from which it can be ${goal}: it is ${state}.`,
  );
}
