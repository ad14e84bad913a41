import { expect, test } from "vitest";
import { formatTable } from "./format-table.ts";

test("columns are aligned, colours do not count, and columns without a cell are left out", () => {
  const rows = [
    ["\u001B[32m✔\u001B[39m", "MakeSourceTarball", "", "4:38"],
    ["✖", "UpdateIndices", "", "1 s"],
  ];
  expect(formatTable(rows, { indent: "  " })).toEqual([
    "  \u001B[32m✔\u001B[39m  MakeSourceTarball  4:38",
    "  ✖  UpdateIndices      1 s",
  ]);
});

test("wide characters and emoji take two columns, combining ones none", () => {
  expect(
    formatTable([
      ["日本", "a"],
      ["e\u0301", "b"],
      ["👩‍🚀", "c"],
    ]),
  ).toEqual(["日本  a", "e\u0301     b", "👩‍🚀    c"]);
});
