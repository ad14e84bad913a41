import { compileRule, RuleError } from "./choice-rule.ts";
import { readTerminal } from "./compile-base.ts";
import type { FieldReader } from "./field-reader.ts";
import { isArray } from "./json.ts";
import type { ChoiceState } from "./state.ts";

export function compileChoice(name: string, fields: FieldReader): ChoiceState {
  const choices = fields.objects("Choices");
  if (choices.length === 0) fields.problem("Choices", "The field 'Choices' must be a non-empty array of rules");
  const rules = choices.map((choice, index) => {
    const next = choice.string("Next");
    if (next === undefined) choice.problem("Next", "The field 'Next' is required in a choice rule");
    return { holds: readCondition(fields, index), next: next ?? "", assign: choice.template("Assign") };
  });
  return {
    type: "Choice",
    ...readTerminal(name, fields),
    rules,
    otherwise: fields.string("Default"),
    assign: fields.template("Assign"),
  };
}

function readCondition(fields: FieldReader, index: number) {
  const choices = fields.raw("Choices");
  try {
    return compileRule((isArray(choices) ? choices[index] : undefined) ?? null);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const field = `Choices/${index}${error.location}`;
    fields.problem(field, `The field '${field}' ${error.message}`);
    return () => false;
  }
}
