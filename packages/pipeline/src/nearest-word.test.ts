import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const known = ["MakeSourceTarball", "MakeBinaryPackage", "--skip-ec2", "status"];

test.each([
  ["MakeBinaryPackag", "MakeBinaryPackage"],
  ["makesourcetarball", "MakeSourceTarball"],
  ["skip-ec2", "--skip-ec2"],
  ["stauts", "status"],
])("%s means %s", (word, expected) => {
  expect(nearestWord(word, known)).toBe(expected);
});

test.each(["", "x", "completely-different-word"])("%j means nothing known", (word) => {
  expect(nearestWord(word, known)).toBeUndefined();
});

test("a known word is nearest to itself", () => {
  for (const word of known) expect(nearestWord(word, known)).toBe(word);
});
