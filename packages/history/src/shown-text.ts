import ansiRegex from "ansi-regex";

const ESCAPE = "\u001B";
const SEQUENCE = ansiRegex();
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const COLOURS = /^[\u001B\u009B]\[?([\d;:]*)m$/;
/** What ends a link or a title, as workers write a byte that is no text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const WRITTEN_BELL = /(\u001B\][^\u0007\u001B]*?)\\x07/g;
/** A sequence that its line ends in the middle of. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const UNFINISHED = /(?:\u001B\[|\u009B)[\u0030-\u003F]*[\u0020-\u002F]*$|\u001B[\u0020-\u002F]*$/;
/** All that is left of C0 and C1 but the tab, and what turns the order of characters around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const CONTROL = /[\0-\x08\x0B-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]/g;

/** Nobody sets more at once; who never ends what he begins has the last of it. */
const MOST_ON = 10;

export interface ShownTextOptions {
  /** Whether colours stay. Each line ends without one, so that they do not run into what stands beside it. */
  readonly colours: boolean;
}

/**
 * Lines of a program's output that can be shown on a terminal: they move no cursor, and change neither title, clipboard nor modes. What carriage
 * returns and backspaces overwrite is left out; a link is its text.
 * @see https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
export const shownText = (text: string, options: ShownTextOptions): string => textShower(options)(text);

/** The same of one program's output as it comes: a colour that a line began goes on in the next. */
export function textShower({ colours }: ShownTextOptions): (text: string) => string {
  /** The colours that are on: what was said since they were all off. */
  let on: readonly string[] = [];
  const showLine = (line: string): string => {
    const parts = [...on];
    let from = 0;
    const ended = line.replaceAll(WRITTEN_BELL, "$1\u0007").replace(UNFINISHED, "");
    const text = lastState(ended);
    for (const match of text.matchAll(SEQUENCE)) {
      parts.push(text.slice(from, match.index).replaceAll(CONTROL, ""));
      from = match.index + match[0].length;
      const colour = colours ? COLOURS.exec(match[0])?.[1] : undefined;
      if (colour === undefined) continue;
      const said = `${ESCAPE}[${colour}m`;
      parts.push(said);
      on = /^0*$/.test(colour) ? [] : [...on, said].slice(-MOST_ON);
    }
    parts.push(text.slice(from).replaceAll(CONTROL, ""));
    if (on.length > 0) parts.push(`${ESCAPE}[0m`);
    return parts.join("");
  };
  return (text) => {
    if (on.length === 0 && !isSuspicious(text)) return text;
    return text.split("\n").map(showLine).join("\n");
  };
}

/** Almost no line holds any of these. */
const isSuspicious = (text: string): boolean => text.search(CONTROL) >= 0;

/** What a progress bar showed last. */
function lastState(line: string): string {
  const state = line.includes("\r") ? (line.split("\r").findLast((state) => state !== "") ?? "") : line;
  return state.includes("\b") ? withoutErased(state) : state;
}

/** A backspace takes the character before it, as in what man prints and spinners draw; a sequence is none. */
function withoutErased(line: string): string {
  const parts: string[] = [];
  const characters: number[] = [];
  for (const [part = ""] of line.matchAll(TOKEN)) {
    if (part === "\b") parts[characters.pop() ?? parts.length] = "";
    else if (parts.push(part) && !part.startsWith(ESCAPE)) characters.push(parts.length - 1);
  }
  return parts.join("");
}

const TOKEN = new RegExp(`${SEQUENCE.source}|[^]`, "gu");
