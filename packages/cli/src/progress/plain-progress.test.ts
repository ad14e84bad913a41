import { Writable } from "node:stream";
import type { BuildHistory, Step } from "@muster/history";
import { expect, test } from "vitest";
import { createPrint } from "../print.ts";
import { plainProgress } from "./plain-progress.ts";
import type { Shown } from "./progress.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 12, 0, seconds));

const step = (name: string, more: Partial<Step>): Step =>
  ({
    kind: "activity",
    name,
    version: "1.2.3",
    key: `${name}-1.2.3`,
    state: "waiting",
    enteredAt: at(0),
    attempts: [],
    ...more,
  }) as Step;

test("what happened between two looks is told in the order of its time, whichever step came first", () => {
  const written: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written.push(text.trimEnd());
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  const progress = plainProgress(createPrint({ stdout: stream, stderr: stream }));
  progress.update(
    {} as BuildHistory,
    [
      step("First", { state: "running", attempts: [{ scheduledAt: at(1), startedAt: at(5), instance: "i-1" }] }),
      step("Second", { attempts: [{ scheduledAt: at(2) }] }),
      step("Third", {
        state: "succeeded",
        endedAt: at(4),
        attempts: [{ scheduledAt: at(2), startedAt: at(3), endedAt: at(4), instance: "i-3" }],
      }),
    ],
    {} as Shown,
  );
  expect(written).toEqual([
    "12:00:02Z Second-1.2.3 waits for a worker",
    "12:00:04Z Third-1.2.3 succeeded in 4.0 s on i-3",
    "12:00:05Z First-1.2.3 started on i-1",
  ]);
});
