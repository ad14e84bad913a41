import { expect, test } from "vitest";
import { layoutRows } from "./layout-rows.ts";

const rows = [
  ["run", "MakePackage", "1.2.3", "s3://tidy-scratch/1.2.3/tidy.deb does not exist"],
  ["skip", "包", "1.2.3", "done"],
];

test("a sentence stands beside what it is about, or below where a terminal is too narrow for that", () => {
  const wide = [
    "run   MakePackage  1.2.3  s3://tidy-scratch/1.2.3/tidy.deb does not exist",
    "skip  包           1.2.3  done",
  ];
  expect(layoutRows(rows, undefined)).toEqual(wide);
  expect(layoutRows(rows, 80)).toEqual(wide);
  expect(layoutRows(rows, 40)).toEqual([
    "run   MakePackage  1.2.3",
    "     s3://tidy-scratch/1.2.3/tidy.deb",
    "     does not exist",
    "skip  包           1.2.3",
    "     done",
  ]);
});
