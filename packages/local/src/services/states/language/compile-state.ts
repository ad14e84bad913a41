import { readBase, readResult, readTerminal } from "./compile-base.ts";
import { compileChoice } from "./compile-choice.ts";
import { compileFail } from "./compile-fail.ts";
import type { CompileGraph } from "./compile-graph.ts";
import { compileMap } from "./compile-map.ts";
import { compileTask } from "./compile-task.ts";
import { compileWait } from "./compile-wait.ts";
import type { FieldReader } from "./field-reader.ts";
import type { ParallelState, PassState, State, SucceedState } from "./state.ts";

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
  Pass: (name, fields): PassState => ({
    type: "Pass",
    ...readBase(name, fields),
    result: fields.raw("Result"),
    parameters: fields.template("Parameters"),
    resultPath: fields.referencePath("ResultPath"),
  }),
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
