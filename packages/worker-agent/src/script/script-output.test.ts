import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { virtualClock } from "@muster/local";
import { expect, onTestFinished, test } from "vitest";
import { recordedDiagnostics } from "../../testing/worker-in-process.ts";
import type { LogEvent } from "../log/log-sink.ts";
import { logSpool } from "../log/log-spool.ts";
import { createLogStream } from "../log/log-stream.ts";
import { taskEnding } from "../task/task-ending.ts";
import { readOutput } from "./script-output.ts";

/** An hour and more in which CloudWatch does not answer, while a script has more to say than memory and spool take. */
async function outage() {
  const folder = await mkdtemp(join(tmpdir(), "muster-output-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const clock = virtualClock();
  const diagnostics = recordedDiagnostics();
  const sent: string[] = [];
  let isOut = true;
  const sink = async (events: readonly LogEvent[]) => {
    if (isOut) throw new Error("CloudWatch does not answer");
    sent.push(...events.map(({ message }) => message));
    return [];
  };
  const spool = logSpool({ folder, mostBytes: 1, startedMs: 0 });
  const log = createLogStream({ sink, spool, clock, diagnostics });
  const end = () => {
    isOut = false;
  };
  return { clock, log, sent, end };
}

/** Lets everything happen that needs no time, and then time pass. */
async function pass(clock: ReturnType<typeof virtualClock>, ms: number): Promise<void> {
  for (const untilMs = clock.now() + ms; clock.now() < untilMs; ) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(Math.min(1000, untilMs - clock.now()));
  }
}

test("a script that is held back while CloudWatch does not answer is not taken for silent", async () => {
  const { clock, log, sent, end } = await outage();
  const ending = taskEnding(clock);
  const { touch } = ending.endWhenSilent(600);
  const lines = Array.from({ length: 200 }, (_, index) => `${index} ${"x".repeat(100_000)}`);
  const readable = Readable.from(lines.map((line) => Buffer.from(`${line}\n`)));
  const output = readOutput({ readable, targets: [log], mask: (text) => text, onOutput: touch });
  await pass(clock, 3_600_000);
  expect(output.heldBack).toBe(true);
  expect(ending.reason).toBeUndefined();
  end();
  await pass(clock, 60_000);
  await output.ended;
  expect(ending.reason).toBeUndefined();
  await pass(clock, 601_000);
  expect(ending.reason).toEqual({ kind: "log-idle", seconds: 600 });
  expect(sent).toEqual(lines);
});
