import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { conformance, readCases } from "./conformance.ts";
import type { RecordedCase } from "./recorded-case.ts";

const own = readCases(fileURLToPath(new URL("cases.json", import.meta.url)));

test("every case of our own comes out as AWS would have it", async () => {
  const { outcomes, histories, misses } = await conformance(own);
  expect(misses).toEqual([]);
  expect(outcomes).toEqual({ passed: own.length, total: own.length });
  expect(histories.total).toBeGreaterThan(30);
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
