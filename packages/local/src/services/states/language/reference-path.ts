import { isArray, isObject, type Json, withMember } from "./json.ts";
import { jsonText } from "./json-text.ts";
import { compilePath } from "./path.ts";
import { StateError } from "./state-error.ts";

/** A path that names one place in a document, where ResultPath puts a result. */
export interface ReferencePath {
  readonly text: string;
  readonly keys: readonly (string | number)[];
}

/** Throws SyntaxError for a path that does not name exactly one place in the state's data. */
export function compileReferencePath(text: string): ReferencePath {
  const path = compilePath(text);
  if (path.root !== "$") throw new SyntaxError(`${JSON.stringify(text)} must begin with "$."`);
  const keys = path.steps.map((step) => {
    if (step.kind === "member") return step.name;
    if (step.kind === "index" && step.index >= 0) return step.index;
    throw new SyntaxError(`${JSON.stringify(text)} is not a reference path: it must name a single place`);
  });
  return { text, keys };
}

/**
 * The document with `value` at the path. What is not on the way to it is shared with the old document;
 * missing objects on the way are made.
 */
export function insertAt(document: Json, path: ReferencePath, value: Json): Json {
  return path.keys.length === 0 ? value : insert(document, 0, { document, path, value });
}

function insert(
  at: Json | undefined,
  depth: number,
  whole: { document: Json; path: ReferencePath; value: Json },
): Json {
  const key = whole.path.keys[depth];
  if (key === undefined) return whole.value;
  if (typeof key === "string") {
    if (at !== undefined && !isObject(at)) throw noMatch(whole);
    const child = at !== undefined && Object.hasOwn(at, key) ? at[key] : undefined;
    return withMember(at ?? {}, key, insert(child, depth + 1, whole));
  }
  if (!isArray(at) || key >= at.length) throw noMatch(whole);
  return at.with(key, insert(at[key], depth + 1, whole));
}

function noMatch({ document, path }: { document: Json; path: ReferencePath }): StateError {
  return new StateError({
    error: "States.ResultPathMatchFailure",
    cause: `Unable to apply ReferencePath ${path.text} to input ${jsonText(document)}`,
  });
}
