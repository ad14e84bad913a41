import type { Cancel, Clock } from "../../clock.ts";
import type { EmittedEvent } from "../../event-source.ts";
import type { FaultSource } from "../../faults/fault-source.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap, type StoredMap } from "../../storage/stored-map.ts";
import type { InvokeEventually } from "../lambda/invoke-eventually.ts";
import type { BusEvent } from "./bus-event.ts";
import { deliveriesOf } from "./deliveries.ts";
import { matchesPattern } from "./event-pattern.ts";
import { parseSchedule } from "./schedule.ts";
import { inputOf, type TargetInput } from "./target-input.ts";

export interface Target extends TargetInput {
  readonly Id: string;
  /** Of a Lambda function. */
  readonly Arn: string;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly enabled: boolean;
  readonly description?: string;
  /** JSON, as it was put. */
  readonly pattern?: string;
  readonly schedule?: string;
  readonly targets: readonly Target[];
}

export interface EventBusOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  readonly invokeEventually: InvokeEventually;
  readonly source?: FaultSource | undefined;
}

/** The default event bus: rules, their schedules, and the way from an event to the functions that want it. */
export interface EventBus {
  readonly rules: Pick<StoredMap<Rule>, "get" | "values">;
  /** Stores a rule and sets its clock anew. */
  save(rule: Rule): void;
  delete(name: string): void;
  /** Delivers to every enabled rule that matches; returns the event's id. */
  publish(event: EmittedEvent & { readonly time?: Date }): string;
  /** Sets the clocks of all scheduled rules. */
  start(): void;
  close(): void;
}

const AT_ONCE = [0];

export function createEventBus(options: EventBusOptions): EventBus {
  const { clock, random, region, accountId, invokeEventually, source } = options;
  const rules = openStoredMap<Rule>(options.storage, "events/rules");
  const timers = new Map<string, Cancel>();
  let started = false;
  let closed = false;

  const deliver = (rule: Rule, event: BusEvent) => {
    const times = source === undefined ? AT_ONCE : deliveriesOf(source, { ...event, rule: rule.name });
    for (const target of rule.targets) {
      const payload = inputOf(target, event);
      const send = () => {
        if (!closed) invokeEventually(target.Arn, payload);
      };
      for (const ms of times) ms === 0 ? send() : clock.at(clock.now() + ms, send);
    }
  };
  const toBusEvent = ({
    source,
    detailType,
    resources,
    detail,
    time,
  }: EmittedEvent & { readonly time?: Date }): BusEvent => ({
    version: "0",
    id: random.uuid(),
    "detail-type": detailType,
    source,
    account: accountId,
    time: (time ?? new Date(clock.now())).toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources,
    detail,
  });
  const disarm = (name: string) => {
    timers.get(name)?.();
    timers.delete(name);
  };
  const arm = (name: string) => {
    disarm(name);
    const rule = rules.get(name);
    if (!started || rule?.schedule === undefined || !rule.enabled) return;
    const dueMs = parseSchedule(rule.schedule, rule.createdMs)(clock.now());
    if (dueMs !== undefined)
      timers.set(
        name,
        clock.at(dueMs, () => tick(name)),
      );
  };
  const tick = (name: string) => {
    const rule = rules.get(name);
    arm(name);
    if (rule === undefined) return;
    deliver(
      rule,
      toBusEvent({ source: "aws.events", detailType: "Scheduled Event", resources: [rule.arn], detail: {} }),
    );
  };

  return {
    rules,
    save(rule) {
      rules.set(rule.name, rule);
      arm(rule.name);
    },
    delete(name) {
      disarm(name);
      rules.delete(name);
    },
    publish(emitted) {
      const event = toBusEvent(emitted);
      for (const rule of [...rules.values()]) {
        if (rule.enabled && rule.pattern !== undefined && matchesPattern(JSON.parse(rule.pattern), event))
          deliver(rule, event);
      }
      return event.id;
    },
    start() {
      started = true;
      for (const { name } of [...rules.values()]) arm(name);
    },
    close() {
      started = false;
      closed = true;
      for (const name of [...timers.keys()]) disarm(name);
    },
  };
}
