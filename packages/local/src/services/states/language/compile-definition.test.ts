import { expect, test } from "vitest";
import { compileDefinition } from "./compile-definition.ts";

const pass = { Type: "Pass", End: true };

function problems(definition: unknown): string[] {
  const text = typeof definition === "string" ? definition : JSON.stringify(definition);
  return compileDefinition(text).problems.map(({ code, location, message }) => `${code} ${location}: ${message}`);
}

function machine(states: object, fields: object = {}): object {
  return { StartAt: Object.keys(states)[0], States: states, ...fields };
}

function distributed(fields: object, ExecutionType = "STANDARD"): object {
  const ItemProcessor = { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType }, ...machine({ B: pass }) };
  return machine({ A: { Type: "Map", End: true, ItemProcessor, ...fields } });
}

const inS3 = (action: string, place?: string): object => ({
  Resource: `arn:aws:states:::s3:${action}`,
  Parameters: { Bucket: "things", ...(place !== undefined && { [place]: "x" }) },
});

test("a definition that follows the rules has no problems", () => {
  const { definition, problems: none } = compileDefinition(
    JSON.stringify(machine({ A: { ...pass, Comment: "fine" } }, { Comment: "c", Version: "1.0", TimeoutSeconds: 5 })),
  );
  expect(none).toEqual([]);
  expect(definition?.timeoutSeconds).toBe(5);
  expect([...(definition?.states.keys() ?? [])]).toEqual(["A"]);
});

test("a state that is not the end may say so", () => {
  expect(problems(machine({ A: { Type: "Pass", Next: "B", End: false }, B: pass }))).toEqual([]);
});

test.each<[string, unknown, RegExp]>([
  ["no JSON", "{", /^INVALID_JSON_DESCRIPTION \/: The definition is not valid JSON/],
  ["no object", "[]", /^INVALID_JSON_DESCRIPTION \/: .*must be a JSON object/],
  ["no states", { StartAt: "A", States: {} }, /\/States: .*at least one state/],
  ["no start", { States: { A: pass } }, /\/StartAt: .*required/],
  ["a start that does not exist", { StartAt: "B", States: { A: pass } }, /^MISSING_TRANSITION_TARGET \/StartAt: .*'B'/],
  [
    "JSONata for the machine",
    machine({ A: pass }, { QueryLanguage: "JSONata" }),
    /\/QueryLanguage: .*JSONata is not supported/,
  ],
  [
    "JSONata for a state",
    machine({ A: { ...pass, QueryLanguage: "JSONata" } }),
    /\/States\/A\/QueryLanguage: .*JSONata is not supported/,
  ],
  ["an unknown type", machine({ A: { Type: "Loop" } }), /\/States\/A\/Type: .*one of Pass, Task/],
  [
    "an unknown field",
    machine({ A: { ...pass, Rseult: 1 } }),
    /\/States\/A\/Rseult: .*'Rseult' is not supported by the Pass state/,
  ],
  ["an unknown field of the machine", machine({ A: pass }, { Start: 1 }), /\/Start: /],
  ["an end that is none", machine({ A: { Type: "Pass", End: false } }), /\/States\/A: .*either 'Next' or 'End'/],
  [
    "an error of Step Functions that does not exist",
    machine({
      A: {
        Type: "Task",
        Resource: "arn:aws:lambda:us-east-1:111111111111:function:f",
        End: true,
        Retry: [{ ErrorEquals: ["States.Timeout", "States.Custom"] }],
      },
    }),
    /\/States\/A\/Retry\/0\/ErrorEquals: 'States.Custom' is no error name of Step Functions/,
  ],
  [
    "a longest delay of a year and more",
    machine({
      A: {
        Type: "Task",
        Resource: "arn:aws:lambda:us-east-1:111111111111:function:f",
        End: true,
        Retry: [{ ErrorEquals: ["E"], MaxDelaySeconds: 31_622_400 }],
      },
    }),
    /\/States\/A\/Retry\/0\/MaxDelaySeconds: .*from 1 to 31622399/,
  ],
  ["no way on", machine({ A: { Type: "Pass" } }), /\/States\/A: .*either 'Next' or 'End'/],
  ["two ways on", machine({ A: { ...pass, Next: "A" } }), /\/States\/A: Only one of .*'Next' and 'End'/],
  [
    "a way to nowhere",
    machine({ A: { Type: "Pass", Next: "B" } }),
    /^MISSING_TRANSITION_TARGET \/States\/A\/Next: .*'B'/,
  ],
  ["a long name", machine({ ["A".repeat(81)]: pass }), /has 81 characters; at most 80/],
  [
    "another integration",
    machine({ A: { Type: "Task", Resource: "arn:aws:states:::sns:publish", End: true } }),
    /^INVALID_RESOURCE \/States\/A\/Resource: .*sns:publish' of the state 'A' is not supported/,
  ],
  [
    "a distributed Map of Express workflows",
    distributed({}, "EXPRESS"),
    /\/ExecutionType: .*must be STANDARD: Express/,
  ],
  [
    "another mode",
    machine({
      A: { Type: "Map", End: true, ItemProcessor: { ProcessorConfig: { Mode: "FAR" }, ...machine({ B: pass }) } },
    }),
    /\/ProcessorConfig\/Mode: .*INLINE or DISTRIBUTED/,
  ],
  ["batches", distributed({ ItemBatcher: {} }), /\/States\/A\/ItemBatcher: .*not supported/],
  ["a label of 41 characters", distributed({ Label: "x".repeat(41) }), /\/States\/A\/Label: .*at most 40/],
  ["a label that no ARN could hold", distributed({ Label: "a:b" }), /\/States\/A\/Label: /],
  [
    "items of CSV",
    distributed({ ItemReader: { ...inS3("getObject", "Key"), ReaderConfig: { InputType: "CSV" } } }),
    /\/ItemReader\/ReaderConfig\/InputType: .*must be JSON/,
  ],
  [
    "items from elsewhere",
    distributed({ ItemReader: { ...inS3("listObjectsV2", "Key"), ReaderConfig: { InputType: "JSON" } } }),
    /\/ItemReader\/Resource: .*s3:getObject/,
  ],
  [
    "results without a prefix",
    distributed({ ResultWriter: inS3("putObject") }),
    /\/ResultWriter\/Parameters\/Prefix: /,
  ],
  [
    "a share of more than all",
    distributed({ ToleratedFailurePercentage: 101 }),
    /\/ToleratedFailurePercentage: .*from 0 to 100/,
  ],
  [
    "a distributed Map's field",
    machine({ A: { Type: "Map", End: true, ItemBatcher: {}, ItemProcessor: machine({ B: pass }) } }),
    /\/States\/A\/ItemBatcher: .*distributed/,
  ],
  ["a Map without a processor", machine({ A: { Type: "Map", End: true } }), /\/States\/A\/ItemProcessor: .*required/],
  [
    "a problem in a branch",
    machine({ A: { Type: "Parallel", End: true, Branches: [machine({ B: { Type: "Pass" } })] } }),
    /\/States\/A\/Branches\/0\/States\/B: /,
  ],
  [
    "a name that is used twice",
    machine({ A: { Type: "Parallel", End: true, Branches: [machine({ A: pass })] } }),
    /^DUPLICATE_STATE_NAME .*'A' is already used at \/States\/A/,
  ],
  ["a Choice without rules", machine({ A: { Type: "Choice", Choices: [] } }), /\/States\/A\/Choices: /],
  [
    "two operators",
    machine({
      A: { Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, IsString: true, Next: "B" }] },
      B: pass,
    }),
    /\/Choices\/0.*exactly one operator/,
  ],
  [
    "an unknown operator",
    machine({ A: { Type: "Choice", Choices: [{ Variable: "$.a", StringContains: "x", Next: "B" }] }, B: pass }),
    /\/States\/A\/Choices\/0\/StringContains: /,
  ],
  [
    "a number to compare with text",
    machine({ A: { Type: "Choice", Choices: [{ Variable: "$.a", StringEquals: 1, Next: "B" }] }, B: pass }),
    /\/Choices\/0\/StringEquals: .*string value/,
  ],
  [
    "a rule to nowhere",
    machine({ A: { Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, Next: "X" }] } }),
    /\/States\/A\/Choices\/0\/Next: .*'X'/,
  ],
  [
    "a wrong timestamp",
    machine({ A: { Type: "Wait", Timestamp: "tomorrow", End: true } }),
    /\/States\/A\/Timestamp: .*ISO-8601/,
  ],
  [
    "two waits",
    machine({ A: { Type: "Wait", Seconds: 1, SecondsPath: "$.s", End: true } }),
    /\/States\/A: .*exactly one of Seconds/,
  ],
  [
    "negative seconds",
    machine({ A: { Type: "Wait", Seconds: -1, End: true } }),
    /\/States\/A\/Seconds: .*integer from 0/,
  ],
  ["a wrong path", machine({ A: { ...pass, InputPath: "$[" } }), /\/States\/A\/InputPath: .*valid JSONPath.*position/],
  [
    "a wrong reference path",
    machine({ A: { ...pass, ResultPath: "$.a[*]" } }),
    /\/States\/A\/ResultPath: .*reference path/,
  ],
  [
    "a wrong expression",
    machine({ A: { ...pass, Parameters: { deep: { "a.$": "States.Nope()" } } } }),
    /\/States\/A\/Parameters\/deep\/a\.\$: .*intrinsic function/,
  ],
  [
    "a constant in an expression's place",
    machine({ A: { ...pass, Parameters: { "a.$": "text" } } }),
    /\/States\/A\/Parameters\/a\.\$: /,
  ],
  [
    "States.ALL among others",
    machine({
      A: {
        Type: "Task",
        Resource: "arn:aws:states:us-east-1:111111111111:activity:a",
        End: true,
        Retry: [{ ErrorEquals: ["States.ALL", "X"] }],
      },
    }),
    /\/Retry\/0\/ErrorEquals: States\.ALL must appear alone/,
  ],
  [
    "a catcher to nowhere",
    machine({
      A: {
        Type: "Task",
        Resource: "arn:aws:states:us-east-1:111111111111:activity:a",
        End: true,
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "X" }],
      },
    }),
    /\/States\/A\/Catch\/0\/Next: .*'X'/,
  ],
  [
    "a heartbeat longer than the timeout",
    machine({
      A: {
        Type: "Task",
        Resource: "arn:aws:states:us-east-1:111111111111:activity:a",
        End: true,
        TimeoutSeconds: 5,
        HeartbeatSeconds: 5,
      },
    }),
    /\/States\/A\/HeartbeatSeconds: .*smaller/,
  ],
  [
    "invoke without a function",
    machine({ A: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", End: true, Parameters: {} } }),
    /\/States\/A\/Parameters: .*'FunctionName' is required/,
  ],
])("%s is refused, with the place and the rule", (_what, definition, expected) => {
  const found = problems(definition);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
});

test("all problems are reported at once", () => {
  const found = problems(
    machine(
      {
        A: { Type: "Pass", Next: "B", Wrong: 1 },
        C: { Type: "Wait", Seconds: "soon", End: true },
        D: { Type: "Nothing" },
      },
      { Extra: true },
    ),
  );
  expect(found).toHaveLength(5);
});
