import { AwsError } from "../../aws-error.ts";
import { type Cancel, sleepUntil } from "../../clock.ts";
import type { EventSource } from "../../event-source.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { type ConsoleOutputs, consoleOutputs } from "./console-output.ts";
import type { FaultyHardware } from "./ec2-faults.ts";
import { type Instance, isVisible } from "./instance.ts";
import { type ProgramOptions, playInstance } from "./instance-program.ts";
import {
  type GoingOff,
  type InstanceEvent,
  STATE_REASONS,
  type StateReason,
  transition,
} from "./instance-transition.ts";
import type { MachineMishaps } from "./machine-mishaps.ts";

export interface LifecycleOptions extends ProgramOptions {
  readonly storage: Storage;
  readonly publish: EventSource;
  readonly hardware: FaultyHardware;
  readonly mishaps: MachineMishaps;
  /** From `pending` to `running`. */
  readonly bootMs: number;
  /** From `shutting-down` to `terminated`, on top of what the instance itself takes. */
  readonly shutdownMs: number;
}

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
  /** Takes back what was planned for while it is on. */
  readonly cancelMishaps: Cancel;
}

/** Records outlive their hour of visibility, because client tokens still name them. */
const KEPT_AFTER_TERMINATION_MS = 25 * 3_600_000;

/** What instances are made of on this machine, around the values that say what they are. */
interface Machines {
  readonly options: LifecycleOptions;
  readonly consoles: ConsoleOutputs;
  readonly powered: Map<string, Power>;
  /** One for each instance at most: of its boot, or of its interruption. */
  readonly timers: Map<string, Cancel>;
  readonly closing: AbortSignal;
  instanceOf(instanceId: string): Instance;
  happen(instanceId: string, event: InstanceEvent): void;
}

export function instanceLifecycle(options: LifecycleOptions): InstanceLifecycle {
  const { storage, clock } = options;
  const instances = openStoredMap<Instance>(storage, "ec2/instances");
  const closing = new AbortController();
  const instanceOf = (instanceId: string): Instance => {
    const instance = instances.get(instanceId);
    if (instance !== undefined) return instance;
    throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
  };
  const consoles = consoleOutputs(storage);
  const powered = new Map<string, Power>();
  const timers = new Map<string, Cancel>();
  const machines = { options, consoles, powered, timers, closing: closing.signal, instanceOf, happen };

  function happen(instanceId: string, event: InstanceEvent): void {
    const before = instanceOf(instanceId);
    const { instance, effect } = transition(before, event, clock.now());
    if (effect === "power-off") disarm(machines, instanceId);
    if (before.state === "running" && instance.state !== "running") options.mishaps.ended(before);
    if (instance !== before) instances.set(instanceId, instance);
    if (instance.state !== before.state || effect === "boot") publishState(options, instance);
    if (effect !== undefined) effects[effect](machines, instance);
  }

  return {
    consoles,
    get: (instanceId) => instances.get(instanceId),
    visible: () =>
      [...instances.values()]
        .filter((instance) => isVisible(instance, clock.now()))
        .sort((a, b) => a.launchMs - b.launchMs || a.launchIndex - b.launchIndex),
    launch(launched) {
      for (const instance of [...instances.values()])
        if (isForgotten(instance, clock.now())) instances.delete(instance.instanceId);
      for (const instance of launched) {
        instances.set(instance.instanceId, instance);
        options.mishaps.launched(instance);
      }
      for (const { instanceId } of launched) happen(instanceId, { kind: "launched" });
    },
    retag: (instanceId, tags) => instances.set(instanceId, { ...instanceOf(instanceId), tags }),
    terminate: (instanceId, reason) => happen(instanceId, { kind: "terminate", reason }),
    stop: (instanceId) => happen(instanceId, { kind: "stop" }),
    startAgain: (instanceId) => happen(instanceId, { kind: "start" }),
    interrupt: (instanceId, noticeMs) => happen(instanceId, { kind: "spot-notice", atMs: clock.now() + noticeMs }),
    resume() {
      for (const { instanceId } of [...instances.values()])
        if (!powered.has(instanceId) && !timers.has(instanceId)) happen(instanceId, { kind: "found-dead" });
    },
    async close() {
      closing.abort();
      for (const cancel of timers.values()) cancel();
      timers.clear();
      // What stands still never ends: nobody waits for it.
      const off = [...powered].flatMap(([id, power]) => (options.mishaps.standsStill(id) ? [] : [power.off]));
      for (const { controller, cancelMishaps } of powered.values()) {
        cancelMishaps();
        controller.abort(new Error("the local AWS is closing"));
      }
      await Promise.all(off);
    },
  };
}

const isForgotten = ({ terminatedMs }: Instance, nowMs: number): boolean =>
  terminatedMs !== undefined && terminatedMs + KEPT_AFTER_TERMINATION_MS < nowMs;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
export const SPOT_NOTICE_MS = 120_000;

const DEATHS = { hardware: STATE_REASONS.byHardware, spot: STATE_REASONS.bySpot };

const effects = {
  boot(machines: Machines, instance: Instance): void {
    const { clock, bootMs, mishaps } = machines.options;
    const bootedMs = clock.now() + bootMs + mishaps.bootDelayMs(instance);
    arm(machines, instance.instanceId, bootedMs, { kind: "booted" });
  },

  "power-on"(machines: Machines, instance: Instance): void {
    const { options, consoles, powered, happen, instanceOf } = machines;
    const { instanceId } = instance;
    const bootFailure = options.hardware.takeBootFailure() ?? options.mishaps.bootFailure(instance);
    if (bootFailure !== undefined) {
      consoles.append(instanceId, bootFailure);
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const off = options.movement
      .detach(() => playInstance(instance, { ...options, consoles, signal, current: () => instanceOf(instanceId) }))
      .then(() => {
        powered.delete(instanceId);
        if (!signal.aborted) happen(instanceId, { kind: "shut-down-inside" });
      });
    const cancelMishaps = options.mishaps.running(instance, {
      die: (of) => {
        if (instanceOf(instanceId).state !== "running") return;
        happen(instanceId, { kind: "terminate", reason: DEATHS[of] });
      },
      // Its program ends, if it can end at all, and EC2 is not told.
      hang: () => controller.abort(new Error("the machine stands still")),
      reclaim: () => happen(instanceId, { kind: "spot-notice", atMs: options.clock.now() + SPOT_NOTICE_MS }),
    });
    powered.set(instanceId, { controller, off, cancelMishaps });
  },

  /** Off as soon as the program that plays the instance has ended. */
  "power-off"({ options, powered, closing, happen }: Machines, { instanceId, state, stateReason }: Instance): void {
    const { clock, storage, shutdownMs, mishaps } = options;
    const power = powered.get(instanceId);
    power?.cancelMishaps();
    power?.controller.abort(new Error(stateReason?.message));
    const ending = async () => {
      if (!mishaps.standsStill(instanceId)) await power?.off;
      if (shutdownMs > 0) await sleepUntil(clock, clock.now() + shutdownMs);
      if (!closing.aborted) happen(instanceId, { kind: "off", after: state as GoingOff });
    };
    // Only a disk that refuses the new state can fail here, and nobody waits for the answer.
    ending().catch((error: Error) => storage.onDamaged(instanceId, error.message));
  },

  "announce-interruption"(machines: Machines, { instanceId, availabilityZone, interruption }: Instance): void {
    const { options } = machines;
    options.publish({
      source: "aws.ec2",
      detailType: "EC2 Spot Instance Interruption Warning",
      resources: [`arn:aws:ec2:${availabilityZone}:instance/${instanceId}`],
      detail: { "instance-id": instanceId, "instance-action": "terminate" },
    });
    arm(machines, instanceId, interruption?.atMs ?? options.clock.now(), { kind: "taken-back" });
  },
};

function arm(machines: Machines, instanceId: string, atMs: number, event: InstanceEvent): void {
  const { options, timers, happen } = machines;
  disarm(machines, instanceId);
  const goOff = () => {
    timers.delete(instanceId);
    happen(instanceId, event);
  };
  timers.set(instanceId, options.clock.at(atMs, goOff));
}

function disarm({ timers }: Machines, instanceId: string): void {
  timers.get(instanceId)?.();
  timers.delete(instanceId);
}

function publishState({ publish, region, accountId }: LifecycleOptions, { instanceId, state }: Instance): void {
  publish({
    source: "aws.ec2",
    detailType: "EC2 Instance State-change Notification",
    resources: [`arn:aws:ec2:${region}:${accountId}:instance/${instanceId}`],
    detail: { "instance-id": instanceId, state },
  });
}
