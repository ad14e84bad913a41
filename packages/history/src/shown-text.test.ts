import { expect, test } from "vitest";
import { shownText, textShower } from "./shown-text.ts";

const coloured = (text: string) => shownText(text, { colours: true });
const plain = (text: string) => shownText(text, { colours: false });

test("colours stay where they are wanted, end with their line, and go elsewhere", () => {
  const text = "\u001B[1;31merror:\u001B[0m no \u001B[38;5;120mfile\u001B[m, \u001B[4:3munderlined";
  expect(coloured(text)).toBe(
    "\u001B[1;31merror:\u001B[0m no \u001B[38;5;120mfile\u001B[m, \u001B[4:3munderlined\u001B[0m",
  );
  expect(plain(text)).toBe("error: no file, underlined");
  expect(coloured("\u009B32mgreen")).toBe("\u001B[32mgreen\u001B[0m");
});

test("a colour that goes on over lines does so, until it ends", () => {
  const [red, end] = ["\u001B[31m", "\u001B[0m"];
  expect(coloured(`${red}one\ntwo\nthree${end}\nfour`)).toBe(
    `${red}one${end}\n${red}two${end}\n${red}three${end}\nfour`,
  );
  const show = textShower({ colours: true });
  expect([`${red}one`, "two", `${end}three`, "four"].map(show)).toEqual([
    `${red}one${end}`,
    `${red}two${end}`,
    `${red}${end}three`,
    "four",
  ]);
  const flood = textShower({ colours: true });
  for (let colour = 0; colour < 10_000; colour++) flood(`\u001B[38;5;${colour % 256}mx`);
  expect(flood("y").length).toBeLessThan(150);
});

const ST = "\u001B\\";
test.each([
  ["the cursor's moves", "\u001B[2A\u001B[10;20Hhere\u001B[K\u001B[1G", "here"],
  ["a cleared screen", "\u001B[2J\u001B[3J\u001Bcafter", "after"],
  ["modes, and what asks the terminal to answer", "\u001B[?1049h\u001B[?25l\u001B[6n\u001B[>c\u001B[>4;2mtext", "text"],
  ["saved and restored cursors, scrolling, character sets", "\u001B7\u001B8\u001BM\u001B(0text", "text"],
  ["a title", `\u001B]0;make all\u0007one \u001B]2;title${ST}two`, "one two"],
  ["a title whose bell a worker has written down", "\u001B]0;make all\\x07text", "text"],
  ["a link", `see \u001B]8;id=1;https://example.org/${ST}the log\u001B]8;;${ST}.`, "see the log."],
  ["a link whose bells a worker has written down", "\u001B]8;;https://x\\x07log\u001B]8;;\\x07 end", "log end"],
  ["the clipboard", `\u001B]52;c;cm0gLXJmIH4=\u0007text`, "text"],
  ["a device control string", `\u001BP1$r0m${ST}text\u001B_app${ST}\u001B^private${ST}\u001BXsos${ST}`, "text"],
  ["C1 bytes", `\u009B2Ja\u009D0;title\u009Cb\u0090dcs\u009Cc\u0085\u008Dd`, "abcd"],
  ["bells, nulls, form feeds and deletes", "a\u0007b\u0000c\u000Cd\u007Fe", "abcde"],
  ["what turns text around", "a\u202Eb\u2066c\u2069", "abc"],
])("%s are left out", (_, text, shown) => {
  expect(coloured(text)).toBe(shown);
  expect(plain(text)).toBe(shown);
});

test("of what is overwritten the last state is shown", () => {
  expect(plain("10%\r50%\r100%\r")).toBe("100%");
  expect(plain("|\b/\b-\b\\\bdone")).toBe("done");
  expect(plain("N\bNA\bAM\bME\bE")).toBe("NAME");
  expect(coloured("\u001B[31mx\b\u001B[0mok")).toBe("\u001B[31m\u001B[0mok");
  expect(plain("\b\bwave 🌊\b!")).toBe("wave !");
});

test.each(["\u001B", "\u001B[", "\u001B[38;5", "\u009B1;", "\u001B(", "\u001B[?25"])(
  "a sequence that the line ends in, %j, takes nothing of the next line with it",
  (cut) => expect(coloured(`text${cut}\nnext`)).toBe("text\nnext"),
);

test("a title that never ends hides nothing behind it", () => {
  expect(plain("\u001B]0;make: error 2\nnext")).toBe("]0;make: error 2\nnext");
});

test("nothing of a flood of control characters takes long, or is left", () => {
  const parts = ["\u001B[", "\u001B]", "\u001BP", "1;", "m", "\b", "\r", "\u0007", "\\x07", "\u009B", "x", "🌊"];
  let seed = 1;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return parts[seed % parts.length] as string;
  };
  const text = Array.from({ length: 20_000 }, next).join("");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  expect(coloured(text)).not.toMatch(/[\0-\x08\x0B-\x1A\x1C-\x1F\x7F-\x9F]|\u001B(?!\[[\d;:]*m)/);
  expect(plain(text)).not.toContain("\u001B");
});

test("text without any of it is the same", () => {
  const text = "\tmake: *** [all] Error 2 – зweite ✓ 🌊 \\x07 שלום";
  expect(coloured(text)).toBe(text);
});
