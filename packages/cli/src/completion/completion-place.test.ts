import { expect, test } from "vitest";
import { commands } from "../commands.ts";
import { completionPlace } from "./completion-place.ts";

test.each([
  ["", "command"],
  ["st", "command"],
  ["--json st", "command"],
  ["--stage prod st", "command"],
  ["--state-dir ", "file"],
  ["build ", "words"],
  ["build 4.28.2 --plan Make", "words"],
  ["build 4.28.2 --input ", undefined],
  ["build --pipeline ", "file"],
  ["status ", "build"],
  ["--stage prod status --follow 4.", "build"],
  ["status 4.28.2 ", undefined],
  ["approve 4.28.2_alice Appr", "step"],
  ["logs ", "log"],
  ["logs --build ", "build"],
  ["logs --build 4.28.2_alice Make", "log"],
  ["task MakeBinaryPackage-4.28.2 ", "words"],
  ["matrix ", "version"],
  ["help b", "command"],
  ["completion ", "shell"],
  ["biuld ", "command"],
])("of `muster %s` the last word is a %s", (line, kind) => {
  expect(completionPlace(line.split(" "), commands).kind).toBe(kind);
});

test("words that stand there already are known, without options and their values", () => {
  const { before } = completionPlace("build --stage prod 4.28.2 --plan MakeSourceTarball ".split(" "), commands);
  expect(before).toEqual(["4.28.2", "MakeSourceTarball"]);
});

test("the value of an option is no option", () => {
  expect(completionPlace(["build", "--pipeline", "-"], commands).takesOptions).toBe(false);
  expect(completionPlace(["build", "-"], commands).takesOptions).toBe(true);
});
