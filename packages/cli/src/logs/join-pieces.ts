import { isLinePiece, lineContinued, lineGoesOn, parseLinePiece } from "@muster/pipeline";
import type { LogLine } from "./log-reader.ts";

/**
 * Makes one line of those that a worker sent in pieces, of one stream, look after look. A piece whose rest has not come by the end of a look stands
 * for itself and keeps its marks; one that nothing went on behind was the whole line.
 */
export function pieceJoiner<Line extends LogLine>(): (lines: readonly Line[]) => Line[] {
  /** Whether what was shown last went on. */
  let isShownOpen = false;
  return (lines) => {
    if (lines.length === 0) return [];
    if (!isShownOpen && !lines.some(({ message }) => isLinePiece(message))) return [...lines];
    const joined: Line[] = [];
    let open: { line: Line; texts: string[]; isContinued: boolean } | undefined;
    const close = (goesOn: boolean) => {
      if (open === undefined) return;
      const text = open.texts.join("");
      const marked = goesOn ? lineGoesOn(text) : text;
      joined.push({ ...open.line, message: open.isContinued ? lineContinued(marked) : marked });
      open = undefined;
    };
    for (const line of lines) {
      const { text, isContinued, goesOn } = parseLinePiece(line.message);
      if (open !== undefined && isContinued) open.texts.push(text);
      else {
        close(false);
        open = { line, texts: [text], isContinued: isContinued && isShownOpen };
      }
      isShownOpen = false;
      if (!goesOn) close(false);
    }
    isShownOpen = open !== undefined;
    close(true);
    return joined;
  };
}

/** The last piece of a line that came to no end, of a program that is over. */
export function closedPiece(message: string): string {
  const { text, isContinued, goesOn } = parseLinePiece(message);
  if (!goesOn) return message;
  return isContinued ? lineContinued(text) : text;
}
