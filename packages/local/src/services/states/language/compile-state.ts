import { compileRule, RuleError } from "./choice-rule.ts";
import type { FieldReader } from "./field-reader.ts";
import type { Evaluate } from "./intrinsic.ts";
import { isArray } from "./json.ts";
import type { Path } from "./parse-path.ts";
import { compileExpression } from "./payload-template.ts";
import { readCatchers, readRetriers } from "./retry-catch.ts";
import type {
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  PassState,
  State,
  StateGraph,
  SucceedState,
  TaskState,
  WaitState,
} from "./state.ts";
import { parseTaskResource } from "./task-resource.ts";
import { parseTimestamp } from "./timestamp.ts";

/** Compiles a nested graph; undefined when it has problems, which it has reported. */
export type CompileGraph = (fields: FieldReader) => StateGraph;

const LONGEST_SECONDS = 99_999_999;

/** Compiles one state; undefined when its problems leave nothing to go on with. All problems are reported. */
export function compileState(name: string, fields: FieldReader, compileGraph: CompileGraph): State | undefined {
  const type = fields.string("Type");
  const language = fields.string("QueryLanguage");
  if (language !== undefined && language !== "JSONPath") {
    fields.problem(
      "QueryLanguage",
      `The value for the field 'QueryLanguage' must be JSONPath: ${language} is not supported here`,
    );
    return undefined;
  }
  const compile = COMPILERS[type ?? ""];
  if (compile === undefined) {
    fields.problem("Type", `The value for the field 'Type' must be one of ${Object.keys(COMPILERS).join(", ")}`);
    return undefined;
  }
  const state = compile(name, fields, compileGraph);
  fields.finish(`the ${type} state of a JSONPath state machine`);
  return state;
}

const COMPILERS: Readonly<
  Record<string, (name: string, fields: FieldReader, compileGraph: CompileGraph) => State | undefined>
> = {
  Pass: (name, fields): PassState => {
    fields.atMostOne("Result", "Parameters");
    return {
      type: "Pass",
      ...readBase(name, fields),
      result: fields.raw("Result"),
      parameters: fields.template("Parameters"),
      resultPath: fields.referencePath("ResultPath"),
    };
  },
  Task: compileTask,
  Choice: compileChoice,
  Wait: compileWait,
  Succeed: (name, fields): SucceedState => ({ type: "Succeed", ...readTerminal(name, fields) }),
  Fail: compileFail,
  Parallel: (name, fields, compileGraph): ParallelState => {
    const branches = fields.objects("Branches");
    if (branches.length === 0) fields.problem("Branches", "The field 'Branches' must be a non-empty array");
    return {
      type: "Parallel",
      ...readBase(name, fields),
      ...readResult(fields),
      parameters: fields.template("Parameters"),
      branches: branches.map((branch) => {
        const graph = compileGraph(branch);
        branch.finish("a branch");
        return graph;
      }),
    };
  },
  Map: compileMap,
};

function readBase(name: string, fields: FieldReader) {
  const next = fields.string("Next");
  const end = fields.boolean("End");
  fields.atMostOne("Next", "End");
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
function readTerminal(name: string, fields: FieldReader) {
  return {
    name,
    inputPath: fields.path("InputPath"),
    outputPath: fields.path("OutputPath"),
    next: undefined,
    assign: undefined,
  };
}

function readResult(fields: FieldReader) {
  return {
    resultSelector: fields.template("ResultSelector"),
    resultPath: fields.referencePath("ResultPath"),
    retriers: readRetriers(fields),
    catchers: readCatchers(fields),
  };
}

function compileTask(name: string, fields: FieldReader): TaskState | undefined {
  const text = fields.string("Resource");
  const resource = parseTaskResource(text ?? "");
  if (resource === undefined) {
    fields.problem(
      "Resource",
      `The resource '${text ?? ""}' of the state '${name}' is not supported: use a Lambda function's ARN, an activity's ARN, or arn:aws:states:::lambda:invoke[.waitForTaskToken]`,
      "INVALID_RESOURCE",
    );
  }
  const timeoutSeconds = readSeconds(fields, "TimeoutSeconds");
  const heartbeatSeconds = readSeconds(fields, "HeartbeatSeconds");
  if (
    typeof heartbeatSeconds === "number" &&
    heartbeatSeconds >= (typeof timeoutSeconds === "number" ? timeoutSeconds : LONGEST_SECONDS)
  ) {
    fields.problem(
      "HeartbeatSeconds",
      "The value for the field 'HeartbeatSeconds' must be smaller than TimeoutSeconds",
    );
  }
  const parameters = fields.template("Parameters");
  if (resource?.kind === "lambda:invoke") checkInvokeParameters(fields);
  const base = { ...readBase(name, fields), ...readResult(fields) };
  // Whoever runs this machine runs everything on it, so there is no other role to assume.
  fields.template("Credentials");
  return resource && { type: "Task", ...base, resource, parameters, timeoutSeconds, heartbeatSeconds };
}

function checkInvokeParameters(fields: FieldReader): void {
  const parameters = fields.object("Parameters");
  if (parameters === undefined) {
    fields.problem("Parameters", "The field 'Parameters' is required for lambda:invoke");
    return;
  }
  if (!parameters.has("FunctionName") && !parameters.has("FunctionName.$")) {
    parameters.problem("", "The field 'FunctionName' is required for lambda:invoke");
  }
  for (const field of ["Payload", "InvocationType", "Qualifier", "ClientContext", "LogType"]) {
    parameters.has(field);
    parameters.has(`${field}.$`);
  }
  parameters.finish("lambda:invoke");
}

function readSeconds(fields: FieldReader, field: string): number | Path | undefined {
  fields.atMostOne(field, `${field}Path`);
  if (fields.has(`${field}Path`)) return fields.requiredPath(`${field}Path`);
  return fields.number(field, { least: 1, most: LONGEST_SECONDS });
}

function compileChoice(name: string, fields: FieldReader): ChoiceState {
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

function compileWait(name: string, fields: FieldReader): WaitState | undefined {
  const given = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"].filter((field) => fields.has(field));
  if (given.length !== 1)
    fields.problem(
      "",
      `The Wait state '${name}' must have exactly one of Seconds, SecondsPath, Timestamp, TimestampPath`,
    );
  const base = readBase(name, fields);
  const until = readUntil(fields, given[0]);
  return until && { type: "Wait", ...base, until };
}

function readUntil(fields: FieldReader, field: string | undefined): WaitState["until"] | undefined {
  if (field === "Seconds") {
    const seconds = fields.number(field, { least: 0, most: LONGEST_SECONDS });
    return seconds === undefined ? undefined : { kind: "seconds", seconds };
  }
  if (field === "Timestamp") {
    const atMs = parseTimestamp(fields.string(field) ?? "");
    if (atMs !== undefined) return { kind: "timestamp", atMs };
    fields.problem(
      field,
      "The value for the field 'Timestamp' must be an ISO-8601 date-time with offset, for example 2026-01-31T12:00:00Z",
    );
    return undefined;
  }
  if (field === undefined) return undefined;
  const path = fields.requiredPath(field);
  return path && { kind: field === "SecondsPath" ? "secondsPath" : "timestampPath", path };
}

function compileFail(name: string, fields: FieldReader): FailState {
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

const DISTRIBUTED_ONLY = [
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "ToleratedFailureCount",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentage",
  "ToleratedFailurePercentagePath",
] as const;

function compileMap(name: string, fields: FieldReader, compileGraph: CompileGraph): MapState | undefined {
  fields.atMostOne("ItemProcessor", "Iterator");
  fields.atMostOne("ItemSelector", "Parameters");
  fields.atMostOne("MaxConcurrency", "MaxConcurrencyPath");
  for (const field of DISTRIBUTED_ONLY) {
    if (fields.has(field))
      fields.problem(field, `The field '${field}' belongs to a distributed Map, which is not supported here`);
  }
  const processor = fields.object(fields.has("ItemProcessor") ? "ItemProcessor" : "Iterator");
  const mode = processor?.object("ProcessorConfig");
  if (mode !== undefined) {
    if ((mode.string("Mode") ?? "INLINE") !== "INLINE")
      mode.problem("Mode", "The value for the field 'Mode' must be INLINE: a distributed Map is not supported here");
    mode.has("ExecutionType");
    mode.finish("ProcessorConfig");
  }
  if (processor === undefined && !fields.has("ItemProcessor") && !fields.has("Iterator")) {
    fields.problem("ItemProcessor", "The field 'ItemProcessor' is required in a Map state");
  }
  const graph = processor && compileGraph(processor);
  processor?.finish("ItemProcessor");
  fields.string("Label");
  const base = { ...readBase(name, fields), ...readResult(fields) };
  const itemSelector = fields.template(fields.has("ItemSelector") ? "ItemSelector" : "Parameters");
  const itemsPath = fields.path("ItemsPath") ?? undefined;
  const maxConcurrency = fields.has("MaxConcurrencyPath")
    ? fields.requiredPath("MaxConcurrencyPath")
    : (fields.number("MaxConcurrency", { least: 0 }) ?? 0);
  if (graph === undefined || maxConcurrency === undefined) return undefined;
  return { type: "Map", ...base, itemsPath, itemSelector, maxConcurrency, processor: graph };
}
