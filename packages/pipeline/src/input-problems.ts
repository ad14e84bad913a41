import { type Input, type Inputs, type NumberInput, type TextInput, understandValue, valuesOf } from "./input.ts";
import { unreachable } from "./unreachable.ts";

const NAME = /^[a-z][a-z0-9_]{0,59}$/;

/** Why no build could be told these inputs, whose fields are of the right types. */
export function inputProblems(inputs: Inputs): string[] {
  return Object.entries(inputs).flatMap(([name, input]) => {
    const problems = [...nameProblems(name), ...declarationProblems(input)];
    return problems.map((problem) => `the input "${name}": ${problem}`);
  });
}

const nameProblems = (name: string): string[] =>
  NAME.test(name) ? [] : ["a name is lower-case letters, digits and underscores, 60 at most, and starts with a letter"];

function declarationProblems(input: Input): string[] {
  switch (input.kind) {
    case "text":
      return [...textProblems(input), ...defaultProblems(input)];
    case "flag":
      return [];
    case "number":
      return [...rangeProblems(input), ...defaultProblems(input)];
    default:
      return unreachable(input);
  }
}

function textProblems({ oneOf, pattern }: TextInput): string[] {
  if (oneOf !== undefined && pattern !== undefined) return ["it has oneOf and pattern: leave one of them out"];
  return (oneOf ?? [])
    .filter((value) => understandValue({ kind: "text", summary: "" }, value) === undefined)
    .map((value) => `its oneOf has ${JSON.stringify(value)}, which is no line of text`);
}

function rangeProblems({ min, max }: NumberInput): string[] {
  return min !== undefined && max !== undefined && min > max ? [`its min ${min} is more than its max ${max}`] : [];
}

function defaultProblems(input: Input): string[] {
  if (input.default === undefined || understandValue(input, input.default) === input.default) return [];
  return [`its default ${JSON.stringify(input.default)} is none of its values: ${valuesOf(input)}`];
}
