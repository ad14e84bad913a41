import stringWidth from "fast-string-width";

// As in print.ts: an import would read every name of the module.
const { stripVTControlCharacters } = process.getBuiltinModule("node:util");

/** Printable ASCII, and what reports draw with. For all else there are tables, which take longer to set up than a report. */
const PLAIN = /^[ -~·×–…─━│╺≤↻●◌✔✖\u2800-\u28ff]*$/;

/** How many columns of a terminal a text takes: wide characters take two, combining ones and colours none. */
export const columnsOf = (text: string): number => (PLAIN.test(text) ? text.length : stringWidth(text));

/** A text without colours, cut to that many columns; what was cut says so by `…`, and no character is cut in two. */
export function fitColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let fitting = "";
  let taken = columnsOf("…");
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    taken += columnsOf(segment);
    if (taken > columns) break;
    fitting += segment;
  }
  return `${fitting}…`;
}

/** The same of a text with colours: it loses them where it is cut. */
export const fitStyled = (text: string, columns: number): string =>
  columnsOf(text) <= columns ? text : fitColumns(stripVTControlCharacters(text), columns);
