/** A stack as a reviewer reads it: policies, definitions and descriptions, which are JSON in JSON, unfolded. */
export function prettyStack(stack: unknown): string {
  return `${JSON.stringify(unfold(stack), null, 2)}\n`;
}

function unfold(value: unknown): unknown {
  if (typeof value === "string")
    return value.startsWith("{") ? parsed(value) : value.includes("\n") ? value.split("\n") : value;
  if (Array.isArray(value)) return value.map(unfold);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (key === "//" ? [] : [[key, unfold(item)]])),
  );
}

function parsed(text: string): unknown {
  try {
    return unfold(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Digests of what is bundled and uploaded change with every change of code; that they do is not what a review is about. */
export function maskHashes(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<sha256>")
    .replaceAll(/\b[0-9A-Fa-f]{32}\b/g, "<hash>")
    .replaceAll(/"[A-Za-z0-9+/]{43}="/g, '"<base64 sha256>"');
}
