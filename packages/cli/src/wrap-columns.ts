import { columnsOf } from "./text-columns.ts";

/**
 * A line as lines of at most so many columns, broken between words; those after the first are indented. A word that is longer stands alone,
 * and whole: it may be what somebody copies. One line where the number of columns is not known.
 */
export function wrapColumns(
  text: string,
  { columns, indent }: { columns: number | undefined; indent: string },
): string[] {
  if (columns === undefined || columnsOf(text) <= columns) return [text];
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? "";
  let isEmpty = true;
  for (const word of text.trimStart().split(" ")) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (isEmpty || columnsOf(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

/** Words that somebody copies into a shell: a line's end among them would run half of it. */
const COMMAND = /(^|[\s(;,`])muster [a-z]/;

/** A sentence as lines of at most so many columns. One that names a command is one line: the terminal breaks it, and what is copied has no line's end. */
export function wrapSentence(text: string, columns: number | undefined): string[] {
  if (COMMAND.test(text)) return [text];
  const indent = `${/^ */.exec(text)?.[0] ?? ""}  `;
  return wrapColumns(text, { columns, indent });
}
