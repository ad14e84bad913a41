import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { type BuildHistory, type Step, unreadBuild } from "@muster/history";
import { forEachVersion, sequence } from "@muster/pipeline";
import { expect, test } from "vitest";
import { createPrint } from "../print.ts";
import { NO_PROSPECT } from "../status/watch-expected.ts";
import { liveProgress } from "./live-progress.ts";
import { plainProgress } from "./plain-progress.ts";

const start = new Date("2026-11-24T12:00:00Z");
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

function step(name: string, more: Partial<Step>): Step {
  return {
    kind: "activity",
    name,
    per: "version",
    version: "1.2.3",
    key: `${name}-1.2.3`,
    state: "waiting",
    enteredAt: start,
    attempts: [],
    ...more,
  } as Step;
}

const flow = forEachVersion(sequence());
const shown = { name: "1.2.3_alice", flow, prospect: NO_PROSPECT };

const build = (steps: readonly Step[]): BuildHistory => ({
  ...unreadBuild,
  lastEventId: 1,
  startedAt: start,
  steps,
});

/** A terminal that is a list of what was written to it. */
function terminal({ columns = 80, rows = 24 } = {}) {
  const written: string[] = [];
  const sink = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written.push(text);
      done();
    },
  });
  const stream = Object.assign(sink, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
  const resize = (now: number) => Object.assign(stream, { columns: now });
  return { print: createPrint({ stdout: stream, stderr: stream }), written, resize };
}

const ESCAPE = "\u001B";
const MOVEMENT = new RegExp(`(\\r${ESCAPE}\\[\\d+A${ESCAPE}\\[J|\\n)`);
const UP = new RegExp(`^\\r${ESCAPE}\\[(\\d+)A`);

/** What the user sees in the end: cursor movements carried out, colours dropped. */
function screen(written: readonly string[]): string[] {
  const lines: string[] = [""];
  for (const part of written.join("").split(MOVEMENT)) {
    const up = UP.exec(part);
    if (up !== null) lines.splice(lines.length - 1 - Number(up[1]), Number(up[1]) + 1, "");
    else if (part === "\n") lines.push("");
    else lines[lines.length - 1] += stripVTControlCharacters(part);
  }
  return lines;
}

const done = step("MakeSource", {
  state: "succeeded",
  endedAt: later(4),
  attempts: [{ scheduledAt: start, startedAt: later(1), endedAt: later(4), instance: "i-1" }],
});
const running = step("MakePackage", {
  state: "running",
  attempts: [{ scheduledAt: later(4), startedAt: later(5), instance: "i-2" }],
});

test("a build is redrawn in place: what it is at, its matrix, and what is not finished", () => {
  const { print, written } = terminal({ columns: 60 });
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([{ ...done, state: "running" }]), [], shown);
  progress.update(build([done, running]), [done, running], shown);
  expect(screen(written)).toEqual([
    "1.2.3_alice  running for 7 s",
    "● 1 running, ✔ 1 done",
    "         MakeSource   MakePackage",
    "  1.2.3  ✔ 4.0 s i-1  ● 2 s i-2",
    "",
  ]);
  progress.update(
    build([done, { ...running, state: "waiting", deferred: { why: "no capacity", at: start } }]),
    [],
    shown,
  );
  expect(screen(written).slice(1)).toEqual([
    "◌ 1 waiting, ✔ 1 done",
    "         MakeSource   MakePackage",
    "  1.2.3  ✔ 4.0 s i-1  ◌ 3 s i-2",
    "unfinished:",
    "  ◌ MakePackage 1.2.3",
    "    waiting for a worker for 3 s (no capacity)",
    "",
  ]);
  progress.close();
  expect(screen(written)).toEqual([""]);
});

test("what was drawn last stays where it is wanted, of a build that has ended its matrix; and the cursor is there again", () => {
  const { print, written } = terminal({ columns: 60 });
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([done, running]), [], shown);
  progress.close({ keeps: true });
  expect(screen(written)).toHaveLength(5);
  expect(written.at(-1)).toBe(`${ESCAPE}[?25h`);
  progress.close();
  const over = { ...build([done]), state: "failed", endedAt: later(7) } as const;
  progress.update(over, [], shown);
  progress.close({ keeps: true });
  expect(screen(written).slice(4)).toEqual(["         MakeSource", "  1.2.3  ✔ 4.0 s i-1", ""]);
  expect(written.at(-1)?.endsWith(`${ESCAPE}[?25h`)).toBe(true);
});

test("Ctrl-Z gives the shell its cursor, and what is followed is drawn anew below what the shell wrote", () => {
  const { print, written } = terminal({ columns: 60 });
  const stops: string[] = [];
  const progress = liveProgress(print, { now: () => later(7), stop: () => void stops.push(written.at(-1) ?? "") });
  progress.update(build([done, running]), [], shown);
  process.emit("SIGTSTP");
  expect(stops).toEqual([`${ESCAPE}[?25h`]);
  const before = written.length;
  process.emit("SIGCONT");
  const after = written.slice(before).join("");
  expect(after.startsWith(`${ESCAPE}[?25l`)).toBe(true);
  expect(after).toContain("MakePackage");
  expect(after).not.toContain(`${ESCAPE}[J`);
  progress.close();
  expect([process.listenerCount("SIGTSTP"), process.listenerCount("SIGCONT")]).toEqual([0, 0]);
});

test("30 lines of 40 columns hold a build of 910 tasks: what failed and runs is shown, and the rest is counted", () => {
  const { print, written } = terminal({ columns: 40, rows: 30 });
  const states: Step["state"][] = ["failed", "running", "running"];
  const many = Array.from({ length: 910 }, (_, index) =>
    step("MakeBinaryPackage", {
      key: `${index}`,
      per: "platform",
      version: `4.${index % 70}.0`,
      platform: `ubuntu-${Math.floor(index / 70)}.04-noble`,
      state: states[index] ?? "waiting",
      attempts: [{ scheduledAt: start, ...(index < 3 && { startedAt: start, instance: "i-0123456789abcdef0" }) }],
    } as Partial<Step>),
  );
  const progress = liveProgress(print, { now: () => later(700) });
  progress.update(build(many), [], shown);
  const drawn = screen(written);
  progress.close();
  expect(drawn.length).toBeLessThanOrEqual(30);
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(40);
  expect(drawn.slice(0, 8)).toEqual([
    "1.2.3_alice  running for 11:40",
    "✖ 1 failed, ● 2 running, ◌ 907 waiting",
    "  MakeBinaryPackage  ✖ 1  ● 2  ◌ 907",
    "failed:",
    "  ✖ MakeBinaryPackage 4.0.0 ubuntu-0.0…",
    expect.stringMatching(/^ {4}\S.*…$/),
    "unfinished:",
    "  ● MakeBinaryPackage 4.1.0 ubuntu-0.0…",
  ]);
  expect(drawn.at(-2)).toBe("  … and 899 more");
});

test("a terminal that has become narrower has broken the lines that are redrawn", () => {
  const { print, written, resize } = terminal({ columns: 60 });
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([done, running]), [], shown);
  resize(20);
  progress.update(build([done]), [], shown);
  progress.close();
  // Lines of 28, 21, 32 and 30 columns take two each.
  expect(written[2]).toContain(`${ESCAPE}[8A`);
});

test("what a person is asked is said once and whole, and stays", () => {
  const { print, written } = terminal({ columns: 40 });
  const progress = liveProgress(print, { now: () => later(7) });
  const asks = step("Approve", { kind: "approval", build: "1.2.3_alice", key: "Approve-1.2.3" });
  progress.update(build([asks]), [asks], shown);
  progress.update(build([asks]), [asks], shown);
  progress.close();
  expect(screen(written)).toEqual(["? Approve 1.2.3 waits for approval: muster approve 1.2.3_alice Approve-1.2.3", ""]);
});

test("without a terminal each thing that happens is one line, said once", () => {
  const { print, written } = terminal();
  const progress = plainProgress(print);
  const waiting = step("MakeSource", { attempts: [{ scheduledAt: start }] });
  progress.update(build([waiting]), [waiting], shown);
  progress.update(build([waiting]), [waiting], shown);
  progress.update(build([done]), [done], shown);
  const failed = step("Publish", {
    state: "failed",
    endedAt: later(9),
    error: "Muster.ScriptFailed",
    cause: '{"ec2":"i-3","exit":1}',
  });
  progress.update(build([done, failed]), [failed], shown);
  expect(written.map((line) => stripVTControlCharacters(line))).toEqual([
    "12:00:00Z MakeSource-1.2.3 waits for a worker\n",
    "12:00:04Z MakeSource-1.2.3 succeeded in 4.0 s on i-1\n",
    expect.stringMatching(/^12:00:09Z Publish-1\.2\.3 FAILED: .*Muster\.ScriptFailed, exit 1/),
  ]);
});

test("a step that nobody waits for is shown while it is tried again", () => {
  const { print, written } = terminal();
  const again: Partial<Step> = {
    kind: "function",
    state: "retrying",
    error: "Error",
    cause: "https://example.org/list cannot be reached",
    attempts: [{ scheduledAt: start, startedAt: start, endedAt: later(1) }],
  };
  const platforms = step("GetPlatformsForVersion", again);
  const verdict = step("CheckForFailures", { ...again, version: "" });
  plainProgress(print).update(build([platforms, verdict]), [platforms, verdict], shown);
  expect(written.map((line) => stripVTControlCharacters(line))).toEqual([
    "12:00:01Z GetPlatformsForVersion-1.2.3 to be tried again: Error,\n  https://example.org/list cannot be reached\n",
  ]);
  const progress = liveProgress(print, { now: () => later(2) });
  progress.update(build([platforms, verdict]), [platforms, verdict], shown);
  const drawn = screen(written).join("\n");
  progress.close();
  expect(drawn).toMatch(/GetPlatformsForVersion 1\.2\.3\n +to be tried again/);
  expect(drawn).not.toContain("CheckForFailures");
});

test("a line of wide characters takes no more columns than the terminal has", () => {
  const { print, written } = terminal({ columns: 20 });
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([step("包包包包包包包包包", { state: "retrying", error: "E" })]), [], shown);
  const line = screen(written).find((each) => each.includes("包"));
  expect([...(line ?? "")].filter((character) => character === "包").length).toBeLessThanOrEqual(8);
  expect(line?.endsWith("…")).toBe(true);
  progress.close();
});
