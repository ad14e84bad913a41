/** How a worker marks the pieces of a line that is too long for one event, or that had no end yet when it was sent. */
const GOES_ON = " [line goes on]";
const CONTINUED = "[line continued] ";

/** The most that the marks take, in characters and in bytes. */
export const longestPieceMarks = GOES_ON.length + CONTINUED.length;

/** A piece whose rest is still to come. */
export const lineGoesOn = (text: string): string => text + GOES_ON;

/** What goes on behind a piece. */
export const lineContinued = (text: string): string => CONTINUED + text;

/** Of a line that was sent in pieces, one of them. */
export const isLinePiece = (message: string): boolean => message.startsWith(CONTINUED) || message.endsWith(GOES_ON);

/** An event's text without its marks. A program that prints such a mark itself is taken at its word. */
export function parseLinePiece(message: string): { text: string; isContinued: boolean; goesOn: boolean } {
  const isContinued = message.startsWith(CONTINUED);
  const goesOn = message.endsWith(GOES_ON);
  const text = message.slice(isContinued ? CONTINUED.length : 0, goesOn ? -GOES_ON.length : undefined);
  return { text, isContinued, goesOn };
}
