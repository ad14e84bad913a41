import { expect, test } from "vitest";
import { pieceJoiner } from "./join-pieces.ts";

const looks = (...given: readonly (readonly string[])[]) => {
  const join = pieceJoiner();
  return given.map((messages) =>
    join(messages.map((message, index) => ({ timestamp: index, message }))).map(({ message }) => message),
  );
};

test("pieces of a line are one line, where all of them are there", () => {
  expect(
    looks(["first", "Continue?  [line goes on]", "[line continued] y [line goes on]", "[line continued] es", "next"]),
  ).toEqual([["first", "Continue? yes", "next"]]);
});

test("a line whose rest has not come keeps its mark, and what comes at the next look is shown as going on", () => {
  expect(looks(["Continue?  [line goes on]"], [], ["[line continued] yes", "next"])).toEqual([
    ["Continue?  [line goes on]"],
    [],
    ["[line continued] yes", "next"],
  ]);
  expect(looks([". [line goes on]"], ["[line continued] . [line goes on]", "[line continued] ."], ["next"])).toEqual([
    [". [line goes on]"],
    ["[line continued] .."],
    ["next"],
  ]);
});

test("what was overwritten, and what ended where it stopped, has no mark", () => {
  expect(looks(["10% [line goes on]", "50% [line goes on]", "done"])).toEqual([["10%", "50%", "done"]]);
  expect(looks(["10% [line goes on]"], ["50%", "next"])).toEqual([["10% [line goes on]"], ["50%", "next"]]);
});

test("a reader that comes in the middle of a line sees what there is", () => {
  expect(looks(["[line continued] es", "next"])).toEqual([["es", "next"]]);
});
