import { expect, test } from "vitest";
import { lineContinued, lineGoesOn, longestPieceMarks, parseLinePiece } from "./line-piece.ts";

test("a piece reads back as it was written, and any other line as it is", () => {
  for (const text of ["", "Continue? ", "ünïcödé"]) {
    expect(parseLinePiece(text)).toEqual({ text, isContinued: false, goesOn: false });
    expect(parseLinePiece(lineGoesOn(text))).toEqual({ text, isContinued: false, goesOn: true });
    expect(parseLinePiece(lineContinued(text))).toEqual({ text, isContinued: true, goesOn: false });
    expect(parseLinePiece(lineContinued(lineGoesOn(text)))).toEqual({ text, isContinued: true, goesOn: true });
  }
});

test("the marks take no more than is said", () => {
  expect(Buffer.byteLength(lineContinued(lineGoesOn("")))).toBe(longestPieceMarks);
});
