import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { virtualClock } from "@muster/local";
import { expect, onTestFinished, test } from "vitest";
import { recordedDiagnostics } from "../../testing/worker-in-process.ts";
import type { LogEvent } from "../log/log-sink.ts";
import { logSpool } from "../log/log-spool.ts";
import { createLogStream } from "../log/log-stream.ts";
import { createMask } from "../log/mask-secrets.ts";
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
  const output = readOutput({ readable, targets: [log], mask: (text) => text, clock, onOutput: touch });
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

/** A script's output that a test writes, byte by byte, in virtual time. */
async function written() {
  const clock = virtualClock();
  const readable = new PassThrough();
  const lines: string[] = [];
  let room: Promise<void> | undefined;
  const target = { write: (more: readonly string[]) => void lines.push(...more), room: () => room };
  const output = readOutput({ readable, targets: [target], mask: createMask(), clock });
  const write = async (text: string) => {
    readable.write(text);
    await pass(clock, 0);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const holdBack = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    room = promise;
    return () => {
      room = undefined;
      resolve();
    };
  };
  return { clock, lines, output, write, holdBack, end: () => readable.end() };
}

test("a prompt is sent when nothing follows for five seconds, and goes on where it stopped", async () => {
  const { clock, lines, output, write, end } = await written();
  await write("first\nContinue? ");
  await pass(clock, 4900);
  expect(lines).toEqual(["first"]);
  await pass(clock, 200);
  expect(lines).toEqual(["first", "Continue?  [line goes on]"]);
  await pass(clock, 600_000);
  await write("yes\n");
  end();
  await output.ended;
  expect(lines.slice(1)).toEqual(["Continue?  [line goes on]", "[line continued] yes"]);
});

test("a line that ends in time is whole", async () => {
  const { clock, lines, output, write, end } = await written();
  for (const dot of [".", ".", "."]) {
    await write(dot);
    await pass(clock, 3000);
  }
  await write("done\n");
  await pass(clock, 60_000);
  end();
  await output.ended;
  expect(lines).toEqual(["...done"]);
});

test("what grows or overwrites itself all the time shows every half minute", async () => {
  const { clock, lines, write } = await written();
  for (let second = 0; second < 100; second++) {
    await write(`\r${second}%`);
    await pass(clock, 1000);
  }
  expect(lines).toEqual(["29% [line goes on]", "59% [line goes on]", "89% [line goes on]"]);
});

test("a new line's time counts from its own beginning", async () => {
  const { clock, lines, write } = await written();
  for (let second = 0; second < 40; second++) {
    await write(`${second}\nnext`);
    await pass(clock, 1000);
  }
  expect(lines.every((line) => /^(?:next)?\d+$/.test(line))).toBe(true);
});

test("while lines are held back, none is let go of before its end", async () => {
  const { clock, lines, output, write, holdBack, end } = await written();
  const release = holdBack();
  await write("first\nContinue? ");
  await pass(clock, 60_000);
  expect(lines).toEqual(["first"]);
  release();
  await pass(clock, 10_000);
  expect(lines).toEqual(["first", "Continue?  [line goes on]"]);
  end();
  await output.ended;
});
