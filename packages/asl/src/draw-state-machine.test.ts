import { expect, test } from "vitest";
import type { StateMachineDefinition } from "./amazon-states-language.ts";
import { drawStateMachine } from "./draw-state-machine.ts";

const definition: StateMachineDefinition = {
  Comment: "of all kinds",
  StartAt: "Ask",
  States: {
    Ask: { Type: "Choice", Choices: [{ Variable: "$.x", IsPresent: true, Next: "Each" }], Default: "Rest" },
    Rest: { Type: "Wait", Seconds: 3, Next: "Each" },
    Each: {
      Type: "Map",
      ItemsPath: "$.versions",
      ItemSelector: {},
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Make it",
        States: {
          "Make it": {
            Type: "Task",
            Resource: "arn",
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: null, Next: 'Say "no"' }],
            End: true,
          },
          'Say "no"': { Type: "Pass", End: true },
        },
      },
      Next: "Both",
    },
    Both: {
      Type: "Parallel",
      Branches: [
        { StartAt: "One", States: { One: { Type: "Pass", End: true } } },
        { StartAt: "Two", States: { Two: { Type: "Pass", End: true } } },
      ],
      End: true,
    },
  },
};

test("machines within machines are boxes, branches lie side by side, caught errors have their arrow", () => {
  expect(drawStateMachine(definition).split("\n")).toEqual([
    "flowchart TD",
    "  begin((begin))",
    "  finish((end))",
    '  s0{"Ask"}',
    '  s1(["Rest"])',
    '  subgraph s2["Each"]',
    '    s4["Make it"]',
    '    s5["Say #quot;no#quot;"]',
    "    s4 -. on error .-> s5",
    "  end",
    '  subgraph s3["Both"]',
    '    subgraph s3b0[" "]',
    '      s6["One"]',
    "    end",
    '    subgraph s3b1[" "]',
    '      s7["Two"]',
    "    end",
    "  end",
    "  begin --> s0",
    "  s0 -- if chosen --> s2",
    "  s0 -- otherwise --> s1",
    "  s1 --> s2",
    "  s2 --> s3",
    "  s3 --> finish",
  ]);
});
