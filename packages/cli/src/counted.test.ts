import { expect, test } from "vitest";
import { counted } from "./counted.ts";

test("one is not many", () => {
  expect([0, 1, 2].map((count) => counted(count, "task"))).toEqual(["0 tasks", "1 task", "2 tasks"]);
});
