import { createHash } from "node:crypto";

/** Names end at 255 bytes, and something may be put behind this one. */
const LONGEST = 200;

/** A file name for any text: readable, without slashes, never a folder's own; long ones are cut and told apart by a digest. */
export function fileNameOf(text: string): string {
  const name = encodeURIComponent(text).replace(/^\./, "%2E");
  if (name.length <= LONGEST) return name;
  return `${name.slice(0, LONGEST - 50)}-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
