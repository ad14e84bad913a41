import { stripVTControlCharacters } from "node:util";
import hhvm from "@muster/pipeline-hhvm";
import { expect, test } from "vitest";
import { exampleResources } from "../testing/example-resources.ts";
import { formatStateMachine } from "./format-state-machine.ts";
import { renderStateMachine } from "./render-state-machine.ts";

const definition = renderStateMachine(hhvm, exampleResources);
const coloured = formatStateMachine(definition, { colour: true });

test("without colours the text is the definition as JSON", () => {
  const plain = formatStateMachine(definition, { colour: false });
  expect(plain).not.toContain("\u001b");
  expect(JSON.parse(plain)).toEqual(definition);
});

test("colours change nothing but the colours", () => {
  expect(stripVTControlCharacters(coloured)).toBe(formatStateMachine(definition, { colour: false }));
});

test("names of states, keys, paths and other values differ in colour", () => {
  expect(coloured).toContain('\u001b[1m\u001b[35m"MakeBinaryPackage"\u001b[39m\u001b[22m:');
  expect(coloured).toContain('\u001b[34m"Default"\u001b[39m: \u001b[35m"MakeBinaryPackage"\u001b[39m');
  expect(coloured).toContain('\u001b[34m"ItemsPath"\u001b[39m: \u001b[36m"$.platforms.ofBuild"\u001b[39m');
  expect(coloured).toContain('\u001b[34m"Type"\u001b[39m: \u001b[32m"Task"\u001b[39m');
  expect(coloured).toContain('\u001b[34m"TimeoutSeconds"\u001b[39m: \u001b[33m14400\u001b[39m');
  expect(coloured).toContain('\u001b[34m"End"\u001b[39m: \u001b[33mtrue\u001b[39m');
});

test("text that holds quotes, braces or numbers is one value", () => {
  const definition = {
    Comment: 'says "1 {true}" \\',
    StartAt: "End",
    States: { End: { Type: "Pass", End: true } },
  } as const;
  const text = formatStateMachine(definition, { colour: true });
  expect(text).toContain(`\u001b[32m${JSON.stringify(definition.Comment)}\u001b[39m`);
  expect(JSON.parse(stripVTControlCharacters(text))).toEqual(definition);
});
