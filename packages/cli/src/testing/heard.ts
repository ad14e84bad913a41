import type { Print } from "../print.ts";

/** What a command prints, line by line, to nobody who could redraw it. @param columns of a terminal, where standard output is one */
export function heard({ columns }: { readonly columns?: number | undefined } = {}) {
  const said: string[] = [];
  const print = {
    stdout: { write: () => true, isTTY: columns !== undefined, columns },
    stderr: { write: () => true },
    canRedraw: () => false,
    style: (_format: unknown, text: string) => text,
    report: (line: string) => void said.push(line),
    sentence: (line: string) => void said.push(line),
    note: (line: string) => void said.push(line),
    json: (value: unknown) => void said.push(JSON.stringify(value)),
    error: () => {},
  } as unknown as Print;
  return { print, said };
}
