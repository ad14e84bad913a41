import type { FieldReader } from "./field-reader.ts";
import type { Evaluate } from "./intrinsic.ts";
import { compileExpression } from "./payload-template.ts";
import type { FailState } from "./state.ts";

export function compileFail(name: string, fields: FieldReader): FailState {
  return {
    type: "Fail",
    name,
    inputPath: undefined,
    outputPath: undefined,
    next: undefined,
    assign: undefined,
    error: readTextOrPath(fields, "Error"),
    cause: readTextOrPath(fields, "Cause"),
  };
}

function readTextOrPath(fields: FieldReader, field: string): string | Evaluate | undefined {
  fields.atMostOne(field, `${field}Path`);
  const text = fields.string(`${field}Path`);
  if (text === undefined) return fields.string(field);
  try {
    return compileExpression(text, `${field}Path`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    fields.problem(
      `${field}Path`,
      `The value for the field '${field}Path' must be a valid JSONPath or intrinsic function: ${error.message}`,
    );
    return undefined;
  }
}
