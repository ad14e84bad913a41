import { lineContinued, lineGoesOn, parseLogMarker } from "@muster/pipeline";
import { AROUND_CUT, LONGEST_LINE_BYTES, safeCut, splitLine, unfinishedCut } from "./cut-line.ts";
import type { Mask } from "./mask-secrets.ts";
import { readableText } from "./readable-text.ts";

/** A byte that is no text is shown as `\\xNN`, and a mask may be longer than what it hides. */
const LONGEST_ESCAPE = 4;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export interface LineReader {
  /** Takes the next bytes; answers the lines that they complete. */
  push(bytes: Buffer): string[];
  /** Whether there is a line that has no end yet. */
  readonly isOpen: boolean;
  /** What can be shown of that line now, as a piece that goes on; nothing where what follows could make a secret of it. */
  pause(): string[];
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
  /** Of a line that was let go of before its end, what was sent last, unmasked: a secret may begin there. */
  let sent = "";

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
  /** Without secrets, those too that began before the line was let go of. */
  const hide = (text: string): string => {
    if (sent === "" || mask.behind === undefined) return mask(text);
    const end = text.indexOf("\n");
    const rest = mask.behind(sent, end < 0 ? text : text.slice(0, end));
    return end < 0 ? rest : rest + mask(text.slice(end));
  };
  /** @param goesOn the last line is a piece, whose rest is still to come */
  const toLines = (bytes: Buffer, goesOn = false): string[] => {
    const texts = hide(readableText(bytes)).split("\n");
    sent = "";
    if (texts.at(-1) === "") texts.pop();
    // All of it was sent.
    if (continued && /^\r*$/.test(texts[0] ?? "")) texts.shift();
    else if (continued) texts[0] = lineContinued(texts[0] as string);
    const lines = texts.flatMap((text) => {
      const line = presentable(text);
      return bytes.length > LONGEST_LINE_BYTES / LONGEST_ESCAPE ? splitLine(line) : line;
    });
    const last = goesOn ? lines.pop() : undefined;
    if (last !== undefined) lines.push(lineGoesOn(last));
    continued = goesOn;
    return lines.map(unforged);
  };
  /** A line that has grown too long before its end: of a progress bar only the last state is kept, of anything else a piece is let go. */
  const shorten = (): string[] => {
    const line = take();
    const overwritten = line.lastIndexOf(CARRIAGE_RETURN, line.length - 2);
    if (overwritten > 0) {
      // With it: of a line that was let go of before, it overwrites what was sent.
      hold(line.subarray(overwritten));
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
    get isOpen() {
      return held > 0;
    },
    pause() {
      if (held === 0) return [];
      const line = take();
      const cut = unfinishedCut(line, { mask, sent });
      hold(line.subarray(cut));
      const shown = line.subarray(0, cut);
      if (cut === 0) return [];
      const before = (sent + readableText(shown)).slice(-AROUND_CUT);
      const lines = toLines(shown, true);
      sent = before;
      return lines;
    },
    end: () => (held === 0 ? [] : toLines(take())),
  };
}

/** As one event: what is overwritten on a terminal left out, and not empty. */
function presentable(line: string): string {
  const state = line.includes("\r") ? lastState(line) : line;
  const shown = state.includes("\b") ? withoutErased(state) : state;
  return shown === "" ? " " : shown;
}

/** Not to be taken for one of the agent's own markers. */
const unforged = (line: string): string => (parseLogMarker(line) === undefined ? line : ` ${line}`);

/** What a progress bar showed last. */
function lastState(line: string): string {
  return line.split("\r").findLast((state) => state !== "") ?? "";
}

const characters = new Intl.Segmenter();

/** A backspace takes the character before it, as spinners and overstruck words have it. */
function withoutErased(line: string): string {
  const kept: string[] = [];
  for (const { segment } of characters.segment(line)) {
    if (segment === "\b") kept.pop();
    else kept.push(segment);
  }
  return kept.join("");
}
