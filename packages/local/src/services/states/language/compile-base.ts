import type { FieldReader } from "./field-reader.ts";
import { readCatchers, readRetriers } from "./retry-catch.ts";

/** The longest time AWS takes in seconds: three years and some. */
export const LONGEST_SECONDS = 99_999_999;

/** Fields of states that lead on. */
export function readBase(name: string, fields: FieldReader) {
  const next = fields.string("Next");
  const end = fields.boolean("End");
  if (end === true) fields.atMostOne("Next", "End");
  if (next === undefined && end !== true) {
    fields.problem("", `The state '${name}' must have either 'Next' or 'End': true`);
  }
  return {
    name,
    inputPath: fields.path("InputPath"),
    outputPath: fields.path("OutputPath"),
    next,
    assign: fields.template("Assign"),
  };
}

/** States that lead nowhere: Succeed, and Choice, whose rules do. */
export function readTerminal(name: string, fields: FieldReader) {
  return {
    name,
    inputPath: fields.path("InputPath"),
    outputPath: fields.path("OutputPath"),
    next: undefined,
    assign: undefined,
  };
}

/** Fields of states whose work has a result, and may fail. */
export function readResult(fields: FieldReader) {
  return {
    resultSelector: fields.template("ResultSelector"),
    resultPath: fields.referencePath("ResultPath"),
    retriers: readRetriers(fields),
    catchers: readCatchers(fields),
  };
}
