const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SPAN = /^(\d+(?:\.\d+)?) ?([smhd])$/;

/** `30s`, `10m`, `2h`, `1.5d` in milliseconds; undefined for what is no span. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit] = SPAN.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}
