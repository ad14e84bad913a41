import { INTRINSIC_FUNCTIONS, IntrinsicError } from "./intrinsic-functions.ts";
import type { Json } from "./json.ts";
import { parseJson } from "./json-text.ts";
import { parsePathAt } from "./parse-path.ts";
import { readPath, type Scope } from "./path.ts";
import { StateError } from "./state-error.ts";
import { type Cursor, cursor } from "./text-cursor.ts";

/** Computes a value from what a state sees. */
export type Evaluate = (scope: Scope) => Json;

/** AWS nests intrinsic functions ten deep at most. */
const DEEPEST_NESTING = 10;

/** Compiles `States.Name(…)`; throws SyntaxError for an unknown function, a wrong number of arguments or a malformed argument. */
export function compileIntrinsic(text: string): Evaluate {
  const at = cursor(text.trim());
  const evaluate = parseCall(at, 1);
  at.space();
  at.end();
  return evaluate;
}

function parseCall(at: Cursor, depth: number): Evaluate {
  if (depth > DEEPEST_NESTING) throw at.error(`more than ${DEEPEST_NESTING} nested functions`);
  const start = at.position;
  const name = at.take(/States\.[A-Za-z0-9]+/y) ?? "";
  const fn = Object.hasOwn(INTRINSIC_FUNCTIONS, name) ? INTRINSIC_FUNCTIONS[name] : undefined;
  if (fn === undefined) throw at.error(`${name || "this"} is not an intrinsic function`);
  at.expect("(");
  const args: Evaluate[] = [];
  at.space();
  if (!at.skip(")")) {
    do {
      at.space();
      args.push(parseArgument(at, { depth, template: name === "States.Format" && args.length === 0 }));
      at.space();
    } while (at.skip(","));
    at.expect(")");
  }
  if (args.length < fn.least || args.length > fn.most) throw at.error(`${name} does not take ${args.length} arguments`);
  const call = at.since(start);
  return (scope) => {
    const values = args.map((argument) => argument(scope));
    try {
      return fn.call(values, scope.random);
    } catch (error) {
      if (!(error instanceof IntrinsicError)) throw error;
      const cause = `The function '${call}' had the following error: ${error.message}`;
      throw new StateError({ error: "States.IntrinsicFailure", cause });
    }
  };
}

function parseArgument(at: Cursor, { depth, template }: { depth: number; template: boolean }): Evaluate {
  if (at.peek("States.")) return parseCall(at, depth + 1);
  if (at.peek("$")) {
    const path = parsePathAt(at);
    return (scope) => readPath(path, scope);
  }
  if (at.skip("'")) {
    const raw = at.take(/(?:\\[\s\S]|[^'\\])*/y) ?? "";
    at.expect("'");
    // A template keeps its escaped braces: Format tells them from the ones it fills.
    const value = raw.replace(template ? /\\(['\\])/g : /\\(['\\{}])/g, "$1");
    return () => value;
  }
  const word = at.take(/true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (word === undefined) throw at.error("expected a path, a 'string', a number, true, false, null or a function");
  const value = parseJson(word);
  return () => value;
}
