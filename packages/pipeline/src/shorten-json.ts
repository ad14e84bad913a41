const ELLIPSIS = "…";

/** A text, or as much of its beginning, with `…` behind it, as takes at most `bytes` inside a JSON string; nothing where not even that has room. */
export function shortenJson(text: string, bytes: number): string {
  if (sizeInJson(text) <= bytes) return text;
  let taken = "";
  let left = bytes - sizeInJson(ELLIPSIS);
  for (const character of text) {
    left -= sizeInJson(character);
    if (left < 0) break;
    taken += character;
  }
  return taken === "" ? "" : taken + ELLIPSIS;
}

const encoder = new TextEncoder();
/** Without its quotes. */
const sizeInJson = (text: string): number => encoder.encode(JSON.stringify(text)).length - 2;
