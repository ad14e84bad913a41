/** `a`, `a and b`, `a, b and c`; of more than `most`, the first and how many more. */
export function listed(items: readonly string[], most = 4): string {
  if (items.length > most) return `${items.slice(0, most - 1).join(", ")} and ${items.length - most + 1} more`;
  const last = items.at(-1) ?? "";
  return items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${last}` : last;
}

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/** `first`, `tenth` as `10th`. */
export const ordinal = (number: number): string => ORDINALS[number - 1] ?? `${number}th`;

/** `12:04 UTC` of the same day as `now`, else with its date. */
export function clockTime(at: Date, now: Date): string {
  const [day = "", time = ""] = at.toISOString().split("T");
  const sameDay = now.toISOString().startsWith(day);
  return `${sameDay ? "" : `${day} `}${time.slice(0, 5)} UTC`;
}
