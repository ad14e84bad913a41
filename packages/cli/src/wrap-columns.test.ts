import { expect, test } from "vitest";
import { wrapColumns } from "./wrap-columns.ts";

test("a line is broken between words, and not where nobody knows how wide it may be", () => {
  const text = "Make-1.2.3 was skipped: s3://a-long-bucket/a-long-key exists";
  expect(wrapColumns(text, { columns: 24, indent: "  " })).toEqual([
    "Make-1.2.3 was skipped:",
    "  s3://a-long-bucket/a-long-key",
    "  exists",
  ]);
  expect(wrapColumns(text, { columns: undefined, indent: "  " })).toEqual([text]);
  expect(wrapColumns("short", { columns: 5, indent: "  " })).toEqual(["short"]);
});

test("columns are those of a terminal: a wide character takes two, and the first line keeps its indent", () => {
  expect(wrapColumns("  漢字 漢字 漢字", { columns: 11, indent: "    " })).toEqual(["  漢字 漢字", "    漢字"]);
});
