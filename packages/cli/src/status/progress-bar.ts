import { formatDuration } from "@muster/history";
import type { Expected } from "./expected-end.ts";
import type { Style } from "./matrix-lines.ts";

interface BarOptions {
  readonly startedAt: Date;
  readonly now: Date;
  readonly columns: number;
  readonly style: Style;
}

const WIDEST = 30;
const NARROWEST = 8;

/** `━━━━━━━━━━╺───────  12:10 of about 31:00, until about 12:31 UTC`; without the bar where there is no room. */
export function barLine(
  { seconds, endsAt, tasksOfUnknownTime }: Expected,
  { startedAt, now, columns, style }: BarOptions,
): string {
  const spentMs = now.getTime() - startedAt.getTime();
  const spent = formatDuration(spentMs, { whole: true });
  const about = tasksOfUnknownTime > 0 ? "no less than" : "about";
  const end = endsAt.toISOString();
  const day = end.slice(0, 10) === now.toISOString().slice(0, 10) ? "" : `${end.slice(0, 10)} `;
  const words =
    endsAt.getTime() - now.getTime() < 1000
      ? `${spent}, and what is left takes longer than usual`
      : `${spent} of ${about} ${formatDuration(seconds * 1000, { whole: true })}, until ${day}${end.slice(11, 16)} UTC`;
  const room = Math.min(WIDEST, columns - words.length - 2);
  if (room < NARROWEST) return words;
  // Full is only what has ended.
  const filled = Math.min(room - 1, Math.floor((spentMs / (seconds * 1000)) * room));
  return `${style("cyan", "━".repeat(filled))}${style("dim", "─".repeat(room - filled))}  ${words}`;
}
