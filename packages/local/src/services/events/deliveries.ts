import type { FaultSource } from "../../faults/fault-source.ts";
import type { BusEvent } from "./bus-event.ts";

const LATE_MS = [1000, 1_800_000] as const;

/**
 * When an event goes to a target, in milliseconds from now: once and at once, if nothing happens. EventBridge delivers at least once, in no
 * certain order; the services whose events are best effort, EC2 among them, may fail to send one.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-delivery-level.html
 */
export function deliveriesOf(
  source: FaultSource,
  { "detail-type": detailType, rule }: Pick<BusEvent, "detail-type"> & { readonly rule: string },
): readonly number[] {
  const occasion = source.number("event", { of: detailType, about: rule });
  const named = `${detailType} for ${rule}`;
  const lost = source.ask("event.lost", occasion);
  if (lost !== undefined) {
    lost.happens(`${named}: lost`);
    return [];
  }
  const late = source.ask("event.late", occasion);
  const lateMs = Math.round(late?.across(...LATE_MS) ?? 0);
  late?.happens(`${named}: ${Math.round(lateMs / 1000)} s late`);
  const twice = source.ask("event.twice", occasion);
  if (twice === undefined) return [lateMs];
  const againMs = lateMs + Math.round(twice.across(...LATE_MS));
  twice.happens(`${named}: a second time, ${Math.round(againMs / 1000)} s after it`);
  return [lateMs, againMs];
}
