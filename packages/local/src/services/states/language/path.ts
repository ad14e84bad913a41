import { isArray, isObject, type Json, keysOf, member, numberOf, valuesOf } from "./json.ts";
import type { FilterPath, Path, PathFunction, Step } from "./json-path.ts";
import { parsePath } from "./parse-path.ts";
import { accepts } from "./path-filter.ts";
import { RuntimeError } from "./state-error.ts";

/** What a path, a template or an intrinsic function can see. */
export interface Scope {
  /** `$` */
  readonly input: Json;
  /** `$$`, built only when something asks for it. */
  readonly context: () => Json;
  /** Chance for MathRandom and UUID: the same at the same event of the same execution. */
  readonly random: () => number;
  /** `$name`, set by Assign. */
  readonly variables: Readonly<Record<string, Json>> | undefined;
}

/** The path names nothing in the document. */
export class NoSuchPathError extends Error {
  override readonly name = "NoSuchPathError";
}

const compiled = new Map<string, Path>();

/** Parses a JSONPath of any kind; throws SyntaxError with the position. */
export function compilePath(text: string): Path {
  let path = compiled.get(text);
  if (path === undefined) {
    path = parsePath(text);
    if (compiled.size < 10_000) compiled.set(text, path);
  }
  return path;
}

/** The value a path names; throws NoSuchPathError. */
export function readPath(path: Path, scope: Scope): Json {
  return readSteps(path, rootValue(path, scope), scope);
}

function rootValue(path: Path, scope: Scope): Json {
  if (path.root === "$") return scope.input;
  if (path.root === "$$") return scope.context();
  const variables = scope.variables;
  const value = variables && Object.hasOwn(variables, path.root) ? variables[path.root] : undefined;
  if (value === undefined) throw new RuntimeError(`The variable '$${path.root}' has not been assigned a value`);
  return value;
}

/** Applies a path's steps to a value; also used by filters, whose `@` is no scope's root. */
export function readSteps(path: Path, root: Json, scope: Scope): Json {
  if (!path.definite) return readAll(path, root, scope);
  let value = root;
  for (const step of path.steps) {
    const next = one(step, value);
    if (next === undefined) throw new NoSuchPathError(path.text);
    value = next;
  }
  return value;
}

function one(step: Step, value: Json): Json | undefined {
  switch (step.kind) {
    case "member":
      return isObject(value) ? member(value, step.name) : undefined;
    case "index":
      return isArray(value) ? value.at(step.index) : undefined;
    case "function":
      return applyFunction(step.name, isArray(value) ? value : [value], value);
    default:
      throw new TypeError(`${step.kind} is not a definite step`);
  }
}

/** A path that may match several values yields a list of those that it finds: of something that is missing, an empty one. */
function readAll(path: Path, root: Json, scope: Scope): Json {
  let values: readonly Json[] = [root];
  let descending = false;
  for (const step of path.steps) {
    if (step.kind === "function") return applyFunction(step.name, values, values);
    if (step.kind === "descend") {
      values = values.flatMap((value) => descendants(value));
    } else {
      const found: Json[] = [];
      for (const value of values) match(step, value, { scope, found, descending });
      values = found;
    }
    descending = step.kind === "descend";
  }
  return values;
}

function match(step: Step, value: Json, at: { scope: Scope; found: Json[]; descending: boolean }): void {
  const { found } = at;
  const add = (item: Json | undefined) => {
    if (item !== undefined) found.push(item);
  };
  switch (step.kind) {
    case "wildcard":
      if (isArray(value)) found.push(...value);
      else if (isObject(value)) found.push(...valuesOf(value));
      break;
    case "members":
      if (isObject(value)) for (const name of step.names) add(member(value, name));
      break;
    case "indices":
      if (isArray(value)) for (const index of step.indices) add(value.at(index));
      break;
    case "slice":
      if (isArray(value)) found.push(...value.slice(step.from, step.to));
      break;
    case "filter":
      if (isArray(value)) found.push(...value.filter((item) => accepts(step.filter, readerAt(item, at.scope))));
      else if (isObject(value) && !at.descending && accepts(step.filter, readerAt(value, at.scope))) found.push(value);
      break;
    default:
      add(one(step, value));
  }
}

function readerAt(item: Json, scope: Scope): (path: FilterPath) => Json | undefined {
  return ({ from, path }) => {
    try {
      return from === "item" ? readSteps(path, item, scope) : readPath(path, scope);
    } catch (error) {
      if (error instanceof NoSuchPathError) return undefined;
      throw error;
    }
  };
}

/** The value itself and everything below it, parents first. */
function descendants(value: Json): Json[] {
  const all: Json[] = [value];
  const children = isArray(value) ? value : isObject(value) ? valuesOf(value) : [];
  for (const child of children) all.push(...descendants(child));
  return all;
}

function applyFunction(name: PathFunction, values: readonly Json[], whole: Json): Json {
  if (name === "length") {
    if (isArray(whole)) return whole.length;
    if (isObject(whole)) return Object.keys(whole).length;
    return typeof whole === "string" ? whole.length : null;
  }
  if (name === "keys") return isObject(whole) ? keysOf(whole) : null;
  if (name === "first") return values.at(0) ?? null;
  if (name === "last") return values.at(-1) ?? null;
  const numbers = values.flat().flatMap((value) => numberOf(value) ?? []);
  if (numbers.length === 0)
    throw new RuntimeError("Aggregation function attempted to calculate value using empty array");
  const sum = numbers.reduce((total, value) => total + value, 0);
  const mean = sum / numbers.length;
  switch (name) {
    case "sum":
      return sum;
    case "avg":
      return mean;
    case "min":
      return Math.min(...numbers);
    case "max":
      return Math.max(...numbers);
    default:
      return Math.sqrt(numbers.reduce((total, value) => total + (value - mean) ** 2, 0) / numbers.length);
  }
}
