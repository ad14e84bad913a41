import { MAX_CAUSE_BYTES } from "@muster/pipeline";

/** Of a message, what a cause has room for. Causes share an execution's 256 KiB; the whole text is in the log. */
export function shorten(message: string): string {
  const room = MAX_CAUSE_BYTES - JSON.stringify({ message: "" }).length;
  let text = message;
  while (Buffer.byteLength(JSON.stringify(text)) - 2 > room) text = `${text.slice(0, -2)}…`.replace(/……$/, "…");
  return text;
}
