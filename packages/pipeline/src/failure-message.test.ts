import { describe, expect, test } from "vitest";
import { failureLine, failureMessage } from "./failure-message.ts";

const cause = { ec2: "i-2", time_sec: "4", exit: 3 };
const failure = { failure: { Error: "Muster.ScriptFailed", Cause: JSON.stringify(cause) } };

describe("a failure in one line", () => {
  const place = { step: "Make", per: "platform", version: "4.2.0", platform: "ubuntu" } as const;

  test.each<[string, { Error?: string; Cause?: string }, string]>([
    ["a worker's", failure.failure, "Make 4.2.0 ubuntu i-2 Muster.ScriptFailed, exit 3, after 4 s"],
    [
      "a worker's that had the log",
      {
        Error: "Muster.ScriptKilled",
        Cause: JSON.stringify({ ...cause, exit: 2, message: "out of memory", line: "cc1plus: error:\n no memory" }),
      },
      "Make 4.2.0 ubuntu i-2 Muster.ScriptKilled, exit 2, out of memory, after 4 s: cc1plus: error: no memory",
    ],
    [
      "a function's",
      {
        Error: "Muster.InvalidInput",
        Cause: '{"errorType":"Muster.InvalidInput","errorMessage":"no such\\nplatform","trace":[]}',
      },
      "Make 4.2.0 ubuntu Muster.InvalidInput, no such platform",
    ],
    ["Step Functions' own", { Error: "States.Timeout" }, "Make 4.2.0 ubuntu States.Timeout"],
    [
      "one in words",
      { Error: "Lambda.Unknown", Cause: "it ran\n out of memory" },
      "Make 4.2.0 ubuntu Lambda.Unknown, it ran out of memory",
    ],
    ["one of JSON that nobody knows", { Error: "X", Cause: "[1]" }, "Make 4.2.0 ubuntu X, [1]"],
    ["one without a name", {}, "Make 4.2.0 ubuntu Unknown error"],
  ])("%s", (_, cause, expected) => {
    expect(failureLine({ ...place, failure: cause })).toBe(expected);
  });
});

test("a failure of the build's own has no version in its line", () => {
  expect(failureLine({ step: "Announce", per: "build", ...failure })).toBe(
    "Announce i-2 Muster.ScriptFailed, exit 3, after 4 s",
  );
});

describe("the message of a failed build", () => {
  const failed = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      step: `Step${index}`,
      per: "version" as const,
      version: "4.2.0",
      ...failure,
    }));

  test("has a line for each failed step", () => {
    expect(failureMessage(failed(2), { moreWith: "muster results" })).toBe(
      [
        "The following steps have failed:",
        "Step0 4.2.0 i-2 Muster.ScriptFailed, exit 3, after 4 s",
        "Step1 4.2.0 i-2 Muster.ScriptFailed, exit 3, after 4 s",
      ].join("\n"),
    );
  });

  test("is never longer than AWS takes, whatever fails; its last line then says how many more, and where", () => {
    for (const limit of [200, 333, 1000, 32_768]) {
      for (const count of [1, 2, 3, 20, 2000]) {
        const message = failureMessage(failed(count), { moreWith: "muster results build", limit });
        expect(message.length).toBeLessThanOrEqual(limit);
        const lines = message.split("\n").slice(1);
        const more = /^… and (\d+) more; see them with: muster results build$/.exec(lines.at(-1) ?? "");
        expect(more === null ? lines.length : lines.length - 1 + Number(more[1])).toBe(count);
      }
    }
  });

  test("leaves nothing out that would fit", () => {
    const all = failureMessage(failed(3), { moreWith: "muster results", limit: 1_000_000 });
    expect(failureMessage(failed(3), { moreWith: "muster results", limit: all.length })).toBe(all);
  });

  describe("of which logs tell", () => {
    const line = 'é.cpp:12:3: error: "x" was not declared, '.repeat(4).trimEnd();
    const telling = (count: number) =>
      failed(count).map((step) => ({
        ...step,
        failure: { ...step.failure, Cause: JSON.stringify({ ...cause, line }) },
      }));
    const bare = "i-2 Muster.ScriptFailed, exit 3, after 4 s";

    test("names every failed step before it shows what the logs say, in full or shortened", () => {
      const whole = failureMessage(telling(3), { moreWith: "muster results" });
      expect(whole.split("\n")[3]).toBe(`Step2 4.2.0 ${bare}: ${line}`);
      const shortened = failureMessage(telling(3), { moreWith: "muster results", limit: whole.length - 1 });
      expect(shortened.split("\n").slice(1)).toEqual(
        [0, 1, 2].map((index) => `Step${index} 4.2.0 ${bare}: ${line.slice(0, 79)}…`),
      );
      const named = failureMessage(telling(3), { moreWith: "muster results", limit: shortened.length - 1 });
      expect(named.split("\n").slice(1)).toEqual([0, 1, 2].map((index) => `Step${index} 4.2.0 ${bare}`));
      const cut = failureMessage(telling(3), { moreWith: "muster results", limit: named.length - 1 });
      expect(cut.split("\n").at(-1)).toBe("… and 1 more; see them with: muster results");
    });

    test("is never longer than its limit, however that is measured", () => {
      const sizeOf = (text: string) => JSON.stringify(text).length - 2;
      for (const count of [1, 90, 170, 171, 185, 300, 560, 580, 590, 600, 900]) {
        const message = failureMessage(telling(count), { moreWith: "muster results build", sizeOf });
        expect(sizeOf(message)).toBeLessThanOrEqual(32_768);
        expect(sizeOf(message)).toBeGreaterThan(Math.min(count * 50, 31_000));
      }
    });
  });
});
