/** What an event carries, as JSON; undefined where it carries nothing that can be read. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // AWS truncates what is too long for an event.
    return undefined;
  }
}

export function readMember(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
