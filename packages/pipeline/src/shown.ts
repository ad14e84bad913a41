const LONGEST = 60;

/** A value as a problem's line shows it. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object" && value !== null) {
    return "kind" in value ? `an object of kind ${shown(value.kind)}` : "an object";
  }
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
