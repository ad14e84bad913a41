import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Json } from "../src/services/states/language/json.ts";
import { parseJson } from "../src/services/states/language/json-text.ts";
import { conformance, readCases } from "./conformance.ts";
import type { RecordedCase } from "./recorded-case.ts";

const own = readCases(fileURLToPath(new URL("cases.json", import.meta.url)));

test("every case of our own comes out as AWS would have it", async () => {
  const { outcomes, histories, details, misses } = await conformance(own);
  expect(misses).toEqual([]);
  expect(outcomes).toEqual({ passed: own.length, total: own.length });
  expect(histories.total).toBeGreaterThan(30);
  expect(details.passed).toBe(details.total);
});

test("a difference in status, error, output or history is a miss that says what differs", async () => {
  const [sample] = own.filter(({ name }) => name === "map/one-at-a-time");
  if (sample === undefined) throw new Error("the sample case is gone");
  const altered = (name: string, change: Partial<RecordedCase["expected"]>): RecordedCase => ({
    ...sample,
    name,
    expected: { ...sample.expected, ...change },
  });
  const history = sample.expected.history ?? [];
  const { misses } = await conformance([
    altered("status", { status: "FAILED" }),
    altered("error", { error: "Some" }),
    altered("output", { output: [] }),
    altered("shorter", { history: history.slice(0, -1) }),
    altered("elsewhere", { history: history.map((event) => ({ ...event, previousEventId: 0 })) }),
    altered("types", {
      historyOrdered: false,
      history: [...history, { type: "PassStateEntered", id: 0, previousEventId: 0 }],
    }),
    { ...sample, name: "undefined function", lambdas: {}, definition: { StartAt: "A", States: {} } },
  ]);
  expect(misses.map(({ name, part }) => `${name}: ${part}`)).toEqual([
    "status: outcome",
    "error: outcome",
    "output: outcome",
    "shorter: history",
    "elsewhere: history",
    "types: history",
    "undefined function: outcome",
    "undefined function: history",
  ]);
  expect(misses[3]?.difference).toBe("14 ExecutionSucceeded after 13, recorded nothing");
});

test("what an event says is compared to the letter, but for what no two runs share", async () => {
  const entered = { input: parseJson('{"n":0.0}'), inputDetails: { truncated: false } };
  const exited = { output: entered.input, outputDetails: entered.inputDetails };
  const pass = (name: string, details: { roleArn?: string; output?: Json }): RecordedCase => ({
    name,
    definition: { StartAt: "A", States: { A: { Type: "Pass", End: true } } },
    input: entered.input,
    lambdas: {},
    activities: [],
    stopAtOnce: false,
    expected: {
      status: "SUCCEEDED",
      history: [
        {
          type: "ExecutionStarted",
          executionStartedEventDetails: { ...entered, roleArn: details.roleArn ?? "snf_role_arn" },
        },
        { type: "PassStateEntered", stateEnteredEventDetails: { ...entered, name: "A" } },
        { type: "PassStateExited", stateExitedEventDetails: { ...exited, name: "A" } },
        {
          type: "ExecutionSucceeded",
          executionSucceededEventDetails: { ...exited, output: details.output ?? exited.output },
        },
      ].map((event, index) => ({ ...event, id: index + 1, previousEventId: index < 2 ? 0 : index })),
    },
  });
  const { details, misses } = await conformance([
    pass("the same", {}),
    pass("placeholder", { roleArn: "<role_name>" }),
    pass("another role", { roleArn: "another" }),
    pass("0 for 0.0", { output: { n: 0 } }),
  ]);
  expect(details).toEqual({ passed: 2, total: 4 });
  expect(misses.map(({ name, difference }) => `${name}: ${difference}`)).toEqual([
    expect.stringMatching(/^another role: ExecutionStarted .*recorded ExecutionStarted .*"another"/),
    expect.stringMatching(/^0 for 0.0: ExecutionSucceeded .*"n":0\.0.*recorded ExecutionSucceeded .*"n":0[^.]/),
  ]);
});
