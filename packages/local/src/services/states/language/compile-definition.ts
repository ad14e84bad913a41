import { compileState } from "./compile-state.ts";
import { type FieldReader, fieldReader, type Problem } from "./field-reader.ts";
import { isObject, type Json } from "./json.ts";
import { parseJson } from "./json-text.ts";
import type { State, StateGraph, StateMachineDefinition } from "./state.ts";

export type CompiledDefinition =
  | { readonly definition: StateMachineDefinition; readonly problems: readonly [] }
  | { readonly definition: undefined; readonly problems: readonly Problem[] };

const LONGEST_NAME = 80;

/** Compiles a definition's JSON text, or finds everything that is wrong with it. */
export function compileDefinition(text: string): CompiledDefinition {
  const problems: Problem[] = [];
  const json = parse(text, problems);
  if (!isObject(json)) {
    if (problems.length === 0)
      problems.push({
        code: "INVALID_JSON_DESCRIPTION",
        message: "The definition must be a JSON object",
        location: "/",
      });
    return { definition: undefined, problems };
  }
  const fields = fieldReader(json, "", problems);
  const names = new Map<string, string>();
  const graph = compileGraph(fields, names);
  const version = fields.string("Version") ?? "1.0";
  if (version !== "1.0") fields.problem("Version", "The value for the field 'Version' must be 1.0");
  const language = fields.string("QueryLanguage") ?? "JSONPath";
  if (language !== "JSONPath") {
    fields.problem(
      "QueryLanguage",
      `The value for the field 'QueryLanguage' must be JSONPath: ${language} is not supported here`,
    );
  }
  const timeoutSeconds = fields.number("TimeoutSeconds", { least: 1, most: 99_999_999 });
  fields.finish("a state machine");
  if (problems.length > 0) return { definition: undefined, problems };
  return { definition: { ...graph, timeoutSeconds }, problems: [] };
}

function parse(text: string, problems: Problem[]): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    const message = `The definition is not valid JSON: ${error instanceof Error ? error.message : error}`;
    problems.push({ code: "INVALID_JSON_DESCRIPTION", message, location: "/" });
    return undefined;
  }
}

/** `names` holds where each state was defined: names are unique in the whole machine, branches included. */
function compileGraph(fields: FieldReader, names: Map<string, string>): StateGraph {
  const states = new Map<string, State>();
  const declared = new Set<string>();
  const startAt = fields.string("StartAt");
  const definitions = fields.object("States");
  const raw = fields.raw("States");
  if (startAt === undefined) fields.problem("StartAt", "The field 'StartAt' is required");
  if (definitions === undefined || !isObject(raw) || Object.keys(raw).length === 0) {
    fields.problem("States", "The field 'States' must be an object with at least one state");
    return { startAt: startAt ?? "", states };
  }
  for (const name of Object.keys(raw)) {
    declared.add(name);
    checkName(name, definitions, names);
    const state = definitions.object(name);
    const compiled = state && compileState(name, state, (nested) => compileGraph(nested, names));
    if (compiled !== undefined) states.set(name, compiled);
  }
  if (startAt !== undefined && !declared.has(startAt)) {
    fields.problem(
      "StartAt",
      `The field 'StartAt' names the state '${startAt}', which does not exist`,
      "MISSING_TRANSITION_TARGET",
    );
  }
  for (const state of states.values()) checkTransitions(state, declared, definitions);
  return { startAt: startAt ?? "", states };
}

function checkName(name: string, definitions: FieldReader, names: Map<string, string>): void {
  if (name.length > LONGEST_NAME) {
    definitions.problem(
      name,
      `The state name '${name}' has ${name.length} characters; at most ${LONGEST_NAME} are allowed`,
    );
  }
  const elsewhere = names.get(name);
  if (elsewhere !== undefined) {
    definitions.problem(name, `The state name '${name}' is already used at ${elsewhere}`, "DUPLICATE_STATE_NAME");
  }
  names.set(name, `${definitions.location}/${name}`);
}

function checkTransitions(state: State, declared: ReadonlySet<string>, definitions: FieldReader): void {
  const check = (target: string | undefined, field: string) => {
    if (target === undefined || target === "" || declared.has(target)) return;
    definitions.problem(
      `${state.name}/${field}`,
      `The field '${field}' names the state '${target}', which does not exist here`,
      "MISSING_TRANSITION_TARGET",
    );
  };
  check(state.next, "Next");
  if (state.type === "Choice") {
    for (const [index, rule] of state.rules.entries()) check(rule.next, `Choices/${index}/Next`);
    check(state.otherwise, "Default");
  }
  const catchers = "catchers" in state ? state.catchers : [];
  for (const [index, catcher] of catchers.entries()) check(catcher.next, `Catch/${index}/Next`);
}
