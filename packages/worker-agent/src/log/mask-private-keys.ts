/** Hides the bodies of private keys in PEM, which span lines. */
export interface KeyMask {
  /** Takes whole lines, or pieces of one. */
  hide(text: string): string;
  /** Whether a key has begun and not ended. */
  isInside(): boolean;
}

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----/;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,30}PRIVATE KEY[A-Z ]{0,10}-----/;

/** An RSA key of 8192 bits has 98. After so many lines a key that does not end was none. */
const LONGEST_KEY_LINES = 128;
/** What no word of ordinary output is like. Lines of a key have 64 characters or more, its last one excepted. */
const BODY = /[A-Za-z0-9+/]{24,}={0,2}/g;
const LAST_LINE = /^\s*[A-Za-z0-9+/]+={0,2}\s*$/;

/** @param mask what a body becomes */
export function createKeyMask(mask: string): KeyMask {
  /** 0 outside of a key. */
  let linesLeft = 0;
  let afterBody = false;

  const hideBody = (text: string): string => {
    const shown = afterBody && LAST_LINE.test(text) ? mask : text.replace(BODY, mask);
    afterBody = shown !== text;
    return shown;
  };
  const hideLine = (line: string): string => {
    let shown = "";
    let rest = line;
    for (;;) {
      const mark = (linesLeft > 0 ? KEY_ENDS : KEY_BEGINS).exec(rest);
      if (mark === null) break;
      const before = rest.slice(0, mark.index);
      const isEnd = linesLeft > 0;
      // On one line, as in JSON, the body has line ends of its own, written `\n`.
      if (!isEnd) shown += before;
      else shown += shown === "" ? hideBody(before) : before && mask;
      shown += mark[0];
      rest = rest.slice(mark.index + mark[0].length);
      linesLeft = isEnd ? 0 : LONGEST_KEY_LINES;
      afterBody = false;
    }
    if (linesLeft === 0 || rest === "") return shown + rest;
    linesLeft--;
    return shown + hideBody(rest);
  };
  return {
    hide: (text) => text.split("\n").map(hideLine).join("\n"),
    isInside: () => linesLeft > 0,
  };
}
