import { parseLogMarker } from "@muster/pipeline";
import type { Mask } from "./mask-secrets.ts";
import { readableText } from "./readable-text.ts";

/** Longer lines are split, so that each piece is one event with room for its marks. */
export const LONGEST_LINE_BYTES = 256 * 1024 - 128;
const GOES_ON = " [line goes on]";
const CONTINUED = "[line continued] ";
/** A byte that is no text is shown as `\\xNN`, and a mask may be longer than what it hides. */
const LONGEST_ESCAPE = 4;
/** What is known of a line on either side of a cut: secrets are shorter. */
const AROUND_CUT = 4096;
/** Where else a line may be cut when a secret lies across. */
const CUTS_TO_TRY = 32;
const CUT_EARLIER = 512;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

export interface LineReader {
  /** Takes the next bytes; answers the lines that they complete. */
  push(bytes: Buffer): string[];
  /** The last line, when it has no end. */
  end(): string[];
}

/**
 * Turns a program's output into lines of text that are fit to be events: readable, without secrets, none empty, none too long.
 * @param mask hides secrets in text of any number of lines
 */
export function createLineReader(mask: Mask): LineReader {
  let pieces: Buffer[] = [];
  let held = 0;
  let continued = false;

  const take = (last?: Buffer): Buffer => {
    const all = last === undefined ? pieces : [...pieces, last];
    pieces = [];
    held = 0;
    return all.length === 1 ? (all[0] as Buffer) : Buffer.concat(all);
  };
  const hold = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    pieces.push(bytes);
    held += bytes.length;
  };
  /** @param goesOn the last line is a piece, whose rest is still to come */
  const toLines = (bytes: Buffer, goesOn = false): string[] => {
    const texts = mask(readableText(bytes)).split("\n");
    if (texts.at(-1) === "") texts.pop();
    const lines = texts.flatMap((text, index) => {
      const line = presentable(index === 0 && continued ? CONTINUED + text : text);
      return bytes.length > LONGEST_LINE_BYTES / LONGEST_ESCAPE ? splitLine(line) : line;
    });
    if (goesOn) lines.push(lines.pop() + GOES_ON);
    continued = goesOn;
    return lines;
  };
  /** A line that has grown too long before its end: of a progress bar only the last state is kept, of anything else a piece is let go. */
  const shorten = (): string[] => {
    const line = take();
    const overwritten = line.lastIndexOf(CARRIAGE_RETURN, line.length - 2);
    if (overwritten >= 0) {
      hold(line.subarray(overwritten + 1));
      return [];
    }
    const cut = safeCut(line, mask);
    hold(line.subarray(cut));
    return toLines(line.subarray(0, cut), true);
  };

  return {
    push(bytes) {
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      const lines = end > 0 ? toLines(take(bytes.subarray(0, end))) : [];
      hold(bytes.subarray(end));
      while (held > LONGEST_LINE_BYTES + AROUND_CUT) lines.push(...shorten());
      return lines;
    },
    end: () => (held === 0 ? [] : toLines(take())),
  };
}

/** As one event: carriage returns collapsed as on a terminal, not empty, and not to be taken for one of the agent's own markers. */
function presentable(line: string): string {
  const shown = line.includes("\r") ? collapse(line) : line;
  if (shown === "") return " ";
  return parseLogMarker(shown) === undefined ? shown : ` ${shown}`;
}

/** What a progress bar showed last. */
function collapse(line: string): string {
  return line.split("\r").findLast((state) => state !== "") ?? "";
}

/** A line as events that each have room for both marks. */
function splitLine(line: string): string[] {
  if (Buffer.byteLength(line) <= LONGEST_LINE_BYTES + CONTINUED.length) return [line];
  const bytes = Buffer.from(line);
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = characterBoundary(bytes, from + LONGEST_LINE_BYTES);
    const part = bytes.toString("utf8", from, to);
    parts.push((from === 0 ? "" : CONTINUED) + part + (to < bytes.length ? GOES_ON : ""));
    from = to;
  }
  return parts;
}

/** Where a piece of a line that goes on may end: no secret lies across, so that each half would hide it from the mask. */
function safeCut(line: Buffer, mask: Mask): number {
  const latest = characterBoundary(line, LONGEST_LINE_BYTES);
  let cut = latest;
  for (let tries = 0; tries < CUTS_TO_TRY; tries++) {
    const before = readableText(line.subarray(characterBoundary(line, cut - AROUND_CUT), cut));
    const after = readableText(line.subarray(cut, characterBoundary(line, cut + AROUND_CUT)));
    if (mask.isCut?.(before, after) !== true) return cut;
    // Words are whole secrets more often than not.
    const space = line.lastIndexOf(SPACE, cut - 2) + 1;
    cut = space > cut - CUT_EARLIER ? space : characterBoundary(line, cut - CUT_EARLIER);
  }
  return latest;
}

/** The last place at or before `at` where no character is cut in two. */
function characterBoundary(bytes: Buffer, at: number): number {
  if (at >= bytes.length) return bytes.length;
  let place = at;
  while (place > at - 4 && ((bytes[place] as number) & 0xc0) === 0x80) place--;
  return place;
}
