import { compileIntrinsic, type Evaluate } from "./intrinsic.ts";
import { entriesOf, isArray, isObject, type Json, objectOf } from "./json.ts";
import { jsonText } from "./json-text.ts";
import { compilePath, NoSuchPathError, readPath, type Scope } from "./path.ts";
import { RuntimeError } from "./state-error.ts";

/** A field of a template that cannot be evaluated, for example `/Payload/id.$`. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly location: string;

  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

/**
 * Compiles Parameters, ItemSelector, ResultSelector and Assign: members whose names end in `.$` hold a path or an intrinsic
 * function. Parts without any are shared by all evaluations. Throws TemplateError.
 */
export function compileTemplate(template: Json, location = ""): Evaluate {
  return compilePart(template, location) ?? (() => template);
}

/** Undefined for a part that is the same each time. */
function compilePart(part: Json, location: string): Evaluate | undefined {
  if (isArray(part)) {
    const items = part.map((item, index) => compilePart(item, `${location}/${index}`));
    if (items.every((item) => item === undefined)) return undefined;
    return (scope) => part.map((item, index) => items[index]?.(scope) ?? item);
  }
  if (!isObject(part)) return undefined;
  const members = entriesOf(part).map(([name, value]) => compileMember(name, value, `${location}/${name}`));
  if (members.every(({ evaluate }) => evaluate === undefined)) return undefined;
  return (scope) => {
    return objectOf(
      members.map(({ name, value, evaluate }) => [name, evaluate === undefined ? value : evaluate(scope)]),
    );
  };
}

interface Member {
  readonly name: string;
  readonly value: Json;
  readonly evaluate: Evaluate | undefined;
}

function compileMember(name: string, value: Json, location: string): Member {
  if (!name.endsWith(".$")) return { name, value, evaluate: compilePart(value, location) };
  if (typeof value !== "string")
    throw new TemplateError(location, "the value of a field ending in .$ must be a string");
  try {
    return { name: name.slice(0, -2), value, evaluate: compileExpression(value, name) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new TemplateError(location, `must be a valid JSONPath or a valid intrinsic function call: ${error.message}`);
  }
}

/** A path or an intrinsic function; `field` is named when a path finds nothing. */
export function compileExpression(text: string, field: string): Evaluate {
  const evaluate = text.startsWith("$") ? compileRead(text) : compileIntrinsic(text);
  return (scope) => explainMissing(() => evaluate(scope), { field, scope });
}

function compileRead(text: string): Evaluate {
  const path = compilePath(text);
  return (scope) => readPath(path, scope);
}

function explainMissing(read: () => Json, { field, scope }: { field: string; scope: Scope }): Json {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NoSuchPathError)) throw error;
    throw new RuntimeError(
      `The JSONPath '${error.message}' specified for the field '${field}' could not be found in the input '${jsonText(scope.input)}'`,
    );
  }
}
