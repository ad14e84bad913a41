import { lineContinued, lineGoesOn, longestPieceMarks } from "@muster/pipeline";
import type { Mask } from "./mask-secrets.ts";
import { readableText } from "./readable-text.ts";

/** Longer lines are split, so that each piece is one event with room for its marks. */
export const LONGEST_LINE_BYTES = 256 * 1024 - 128;
/** What is known of a line on either side of a cut: secrets are shorter. */
export const AROUND_CUT = 4096;
/** Where else a line may be cut when a secret lies across. */
const CUTS_TO_TRY = 32;
const CUT_EARLIER = 512;

const SPACE = 32;
const CARRIAGE_RETURN = 13;

/** A line as events that each have room for both marks. */
export function splitLine(line: string): string[] {
  if (Buffer.byteLength(line) <= LONGEST_LINE_BYTES + longestPieceMarks) return [line];
  const bytes = Buffer.from(line);
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = characterBoundary(bytes, from + LONGEST_LINE_BYTES);
    const part = bytes.toString("utf8", from, to);
    const marked = to < bytes.length ? lineGoesOn(part) : part;
    parts.push(from === 0 ? marked : lineContinued(marked));
    from = to;
  }
  return parts;
}

/** Where a piece of a line that goes on may end: no secret lies across, so that each half would hide it from the mask. */
export function safeCut(line: Buffer, mask: Mask): number {
  const latest = characterBoundary(line, LONGEST_LINE_BYTES);
  let cut = latest;
  for (let tries = 0; tries < CUTS_TO_TRY; tries++) {
    const after = readableText(line.subarray(cut, characterBoundary(line, cut + AROUND_CUT)));
    if (mask.isCut?.(readableBefore(line, cut), after) !== true) return cut;
    // Words are whole secrets more often than not.
    const space = spaceBefore(line, cut);
    cut = space > cut - CUT_EARLIER ? space : characterBoundary(line, cut - CUT_EARLIER);
  }
  return latest;
}

/**
 * Where a line that nothing follows for now may end: in no character and no escape sequence, behind no carriage return, which is to overwrite what
 * was sent, and in no word that what follows could make a secret of. 0 where it may not be let go of.
 * @param sent what was sent of the line before
 */
export function unfinishedCut(line: Buffer, { mask, sent }: { mask: Mask; sent: string }): number {
  let cut = endOfWholeText(line);
  for (let tries = 0; tries < CUTS_TO_TRY && cut > 0; tries++) {
    if (mask.mayGoOn?.((sent + readableBefore(line, cut)).slice(-AROUND_CUT)) !== true) return cut;
    cut = spaceBefore(line, cut);
  }
  return 0;
}

const readableBefore = (line: Buffer, cut: number): string =>
  readableText(line.subarray(cut <= AROUND_CUT ? 0 : characterBoundary(line, cut - AROUND_CUT), cut));

const spaceBefore = (line: Buffer, cut: number): number => (cut < 2 ? 0 : line.lastIndexOf(SPACE, cut - 2) + 1);

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are the point
const OPEN_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?$/;

function endOfWholeText(line: Buffer): number {
  let end = line.length;
  const lead = leadOfLast(line);
  if (lead + lengthByLead(line[lead] as number) > end) end = lead;
  const sequence = OPEN_SEQUENCE.exec(line.subarray(Math.max(0, end - AROUND_CUT), end).toString("latin1"));
  if (sequence !== null) end -= sequence[0].length;
  while (end > 0 && line[end - 1] === CARRIAGE_RETURN) end--;
  return end;
}

function leadOfLast(line: Buffer): number {
  let place = line.length - 1;
  while (place > 0 && place > line.length - 4 && ((line[place] as number) & 0xc0) === 0x80) place--;
  return place;
}

function lengthByLead(lead: number): number {
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  if (lead >= 0xe0) return lead < 0xf0 ? 3 : 1;
  return lead >= 0xc2 ? 2 : 1;
}

/** The last place at or before `at` where no character is cut in two. */
function characterBoundary(bytes: Buffer, at: number): number {
  if (at >= bytes.length) return bytes.length;
  let place = at;
  while (place > at - 4 && ((bytes[place] as number) & 0xc0) === 0x80) place--;
  return place;
}
