import { expect, test } from "vitest";
import { hangingRows } from "./hanging-rows.ts";

const rows = [
  ["--run", "Run it, beside copies of the stage's objects; without this, a script is printed"],
  ["--attempt <number>", "Which attempt"],
];

test("sentences are broken within their own column", () => {
  expect(hangingRows(rows, { columns: 60 })).toEqual([
    "  --run               Run it, beside copies of the stage's",
    "                      objects; without this, a script is",
    "                      printed",
    "  --attempt <number>  Which attempt",
  ]);
});

test("on a narrow terminal they stand below, and where there is none nothing is broken", () => {
  expect(hangingRows(rows, { columns: 40 })).toEqual([
    "  --run",
    "      Run it, beside copies of the",
    "      stage's objects; without this, a",
    "      script is printed",
    "  --attempt <number>",
    "      Which attempt",
  ]);
  expect(hangingRows(rows, { columns: undefined })).toEqual([
    "  --run               Run it, beside copies of the stage's objects; without this, a script is printed",
    "  --attempt <number>  Which attempt",
  ]);
  expect(hangingRows([["a", ""]], { columns: 1 })).toEqual(["  a"]);
});
