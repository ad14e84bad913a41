import stringWidth from "fast-string-width";
import { expect, test } from "vitest";
import { columnsOf, fitColumns } from "./text-columns.ts";

test.each([
  ["plain letters", "bookworm", 8],
  ["the symbols of a report", "✔✖–↻●◌⠋…", 8],
  ["wide characters", "日本語", 6],
  ["characters beyond the first plane", "𠀀", 2],
  ["a letter with its accent in a character of its own", "e\u0301", 1],
  ["an emoji that is made of several", "👩‍🚀", 2],
  ["a flag", "🇯🇵", 2],
  ["colours", "\u001B[32mok\u001B[39m", 2],
])("%s: columns, not UTF-16 units", (_, text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test("what reports draw with takes what the tables say of it", () => {
  const drawn = [..."·×–…─━│╺≤↻●◌✔✖⠀⠋⣿"];
  expect(drawn.map(columnsOf)).toEqual(drawn.map((character) => stringWidth(character)));
});

test("a text is cut to its columns between characters", () => {
  expect(fitColumns("bookworm", 8)).toBe("bookworm");
  expect(fitColumns("bookworm", 7)).toBe("bookwo…");
  expect(fitColumns("日本語", 5)).toBe("日本…");
  expect(fitColumns("日本語", 4)).toBe("日…");
  expect(fitColumns("👩‍🚀👩‍🚀", 3)).toBe("👩‍🚀…");
});
