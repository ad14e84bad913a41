import type { Json } from "./json.ts";
import {
  FILTER_OPERATORS,
  type Filter,
  type FilterPath,
  type Operand,
  PATH_FUNCTIONS,
  type Path,
  type Step,
} from "./json-path.ts";
import { type Cursor, cursor } from "./text-cursor.ts";

/** Parses a whole text as a JSONPath; throws SyntaxError. */
export function parsePath(text: string): Path {
  const at = cursor(text);
  const path = parsePathAt(at);
  at.end();
  return path;
}

/** Parses the path at a cursor and leaves the cursor behind it: intrinsic functions hold paths among their arguments. */
export function parsePathAt(at: Cursor): Path {
  const start = at.position;
  at.expect("$");
  const root = at.skip("$") ? "$$" : (at.take(/[A-Za-z_][A-Za-z0-9_]*/y) ?? "$");
  const steps = parseSteps(at);
  return { text: at.since(start), root, steps, definite: isDefinite(steps) };
}

function isDefinite(steps: readonly Step[]): boolean {
  return steps.every((step) => step.kind === "member" || step.kind === "index" || step.kind === "function");
}

function parseSteps(at: Cursor): Step[] {
  const steps: Step[] = [];
  for (;;) {
    if (at.skip("..")) {
      steps.push({ kind: "descend" });
      steps.push(at.peek("[") ? parseBracket(at) : parseName(at));
    } else if (at.skip(".")) {
      steps.push(at.peek("[") ? parseBracket(at) : parseName(at));
    } else if (at.peek("[")) {
      steps.push(parseBracket(at));
    } else {
      return steps;
    }
  }
}

function parseName(at: Cursor): Step {
  if (at.skip("*")) return { kind: "wildcard" };
  const name = at.take(/[^\s.,()[\]'"*?=<>!&|~]+/y);
  if (name === undefined) throw at.error("expected a name");
  if (!at.skip("(")) return { kind: "member", name };
  const known = PATH_FUNCTIONS.find((candidate) => candidate === name);
  if (known === undefined) throw at.error(`unknown function ${name}()`);
  at.space();
  at.expect(")");
  return { kind: "function", name: known };
}

function parseBracket(at: Cursor): Step {
  at.expect("[");
  at.space();
  const step = parseBracketContent(at);
  at.space();
  at.expect("]");
  return step;
}

function parseBracketContent(at: Cursor): Step {
  if (at.skip("*")) return { kind: "wildcard" };
  if (at.skip("?")) {
    at.space();
    at.expect("(");
    const filter = parseOr(at);
    at.space();
    at.expect(")");
    return { kind: "filter", filter };
  }
  if (at.peek("'") || at.peek('"')) {
    const names = parseList(at, () => parseQuoted(at));
    const [name] = names;
    return names.length === 1 && name !== undefined ? { kind: "member", name } : { kind: "members", names };
  }
  const from = parseInteger(at);
  at.space();
  if (at.skip(":")) {
    at.space();
    return { kind: "slice", from, to: parseInteger(at) };
  }
  if (from === undefined) throw at.error("expected an index, a name, a slice, * or ?()");
  const indices = [from];
  while (at.skip(",")) {
    at.space();
    const index = parseInteger(at);
    if (index === undefined) throw at.error("expected an index");
    indices.push(index);
    at.space();
  }
  return indices.length === 1 ? { kind: "index", index: from } : { kind: "indices", indices };
}

function parseList<T>(at: Cursor, parse: () => T): T[] {
  const list = [parse()];
  for (at.space(); at.skip(","); at.space()) {
    at.space();
    list.push(parse());
  }
  return list;
}

function parseInteger(at: Cursor): number | undefined {
  const digits = at.take(/-?\d+/y);
  return digits === undefined ? undefined : Number(digits);
}

/** Only the quote and the backslash can be escaped; any other backslash stands for itself. */
function parseQuoted(at: Cursor): string {
  const quote = at.skip("'") ? "'" : '"';
  if (quote === '"') at.expect('"');
  const body = at.take(quote === "'" ? /(?:\\['\\]|[^'])*/y : /(?:\\["\\]|[^"])*/y) ?? "";
  at.expect(quote);
  return body.replace(/\\(['"\\])/g, (escaped, character: string) =>
    character === quote || character === "\\" ? character : escaped,
  );
}

function parseOr(at: Cursor): Filter {
  let left = parseAnd(at);
  for (at.space(); at.skip("||"); at.space()) left = { kind: "or", left, right: parseAnd(at) };
  return left;
}

function parseAnd(at: Cursor): Filter {
  let left = parseUnary(at);
  for (at.space(); at.skip("&&"); at.space()) left = { kind: "and", left, right: parseUnary(at) };
  return left;
}

function parseUnary(at: Cursor): Filter {
  at.space();
  if (at.skip("!")) return { kind: "not", filter: parseUnary(at) };
  if (at.skip("(")) {
    const filter = parseOr(at);
    at.space();
    at.expect(")");
    return filter;
  }
  const left = parseOperand(at);
  at.space();
  const operator = FILTER_OPERATORS.find((candidate) => at.skip(candidate));
  if (operator === undefined) {
    if (left.kind !== "path") throw at.error("expected an operator");
    return { kind: "exists", path: left };
  }
  at.space();
  return { kind: "compare", operator, left, right: parseOperand(at) };
}

function parseOperand(at: Cursor): Operand {
  if (at.peek("@")) return parseItemPath(at);
  if (at.peek("$")) return { kind: "path", from: "document", path: parsePathAt(at) };
  const pattern = at.take(/\/(?:\\.|[^/\\])+\/[imsu]*/y);
  if (pattern !== undefined) {
    const end = pattern.lastIndexOf("/");
    return { kind: "pattern", pattern: new RegExp(`^(?:${pattern.slice(1, end)})$`, pattern.slice(end + 1)) };
  }
  return { kind: "literal", value: parseLiteral(at) };
}

function parseItemPath(at: Cursor): FilterPath {
  const start = at.position;
  at.expect("@");
  const steps = parseSteps(at);
  return { kind: "path", from: "item", path: { text: at.since(start), root: "@", steps, definite: isDefinite(steps) } };
}

function parseLiteral(at: Cursor): Json {
  if (at.peek("'") || at.peek('"')) return parseQuoted(at);
  if (at.skip("[")) {
    at.space();
    if (at.skip("]")) return [];
    const list = parseList(at, () => parseLiteral(at));
    at.space();
    at.expect("]");
    return list;
  }
  const word = at.take(/true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (word === undefined) throw at.error("expected a value");
  return JSON.parse(word);
}
