import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { type BuildHistory, type Step, unreadBuild } from "@muster/history";
import { expect, test } from "vitest";
import { createPrint } from "../print.ts";
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
  return { print: createPrint({ stdout: stream, stderr: stream }), written };
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

test("what is finished stays as a line, what is under way is redrawn below it", () => {
  const { print, written } = terminal();
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([{ ...done, state: "running" }]), []);
  progress.update(build([done, running]), [done, running]);
  expect(screen(written)).toEqual([
    "✔ MakeSource 1.2.3  4.0 s on i-1",
    expect.stringMatching(/^\S {2}MakePackage {2}1\.2\.3 {2}running for 2 s on i-2$/),
    "1 done · 1 running · 0 waiting · 7 s",
    "",
  ]);
  progress.update(build([done, { ...running, state: "succeeded" }]), [{ ...running, state: "succeeded" }]);
  progress.close();
  expect(screen(written)).toEqual(["✔ MakeSource 1.2.3  4.0 s on i-1", "✔ MakePackage 1.2.3  7.0 s on i-2", ""]);
});

test("a build that is followed again is drawn again, and what was said of it stays said", () => {
  const { print, written } = terminal();
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([done, running]), [done, running]);
  progress.close();
  expect(screen(written)).toEqual(["✔ MakeSource 1.2.3  4.0 s on i-1", ""]);
  progress.update(build([done, running]), [done, running]);
  expect(screen(written)).toEqual([
    "✔ MakeSource 1.2.3  4.0 s on i-1",
    expect.stringContaining("MakePackage"),
    "1 done · 1 running · 0 waiting · 7 s",
    "",
  ]);
  progress.close();
});

test("more tasks than the terminal has rows are counted, and long lines are cut", () => {
  const { print, written } = terminal({ columns: 40, rows: 8 });
  const many = Array.from({ length: 20 }, (_, index) =>
    step(`Make${index}`, { ...running, key: `${index}`, name: `MakeSomethingLong${index}` }),
  );
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build(many), many);
  progress.close();
  const drawn = screen(written.slice(0, -1));
  expect(drawn).toContain("… and 16 more");
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(39);
});

test("without a terminal each thing that happens is one line, said once", () => {
  const { print, written } = terminal();
  const progress = plainProgress(print);
  const waiting = step("MakeSource", { attempts: [{ scheduledAt: start }] });
  progress.update(build([waiting]), [waiting]);
  progress.update(build([waiting]), [waiting]);
  progress.update(build([done]), [done]);
  const failed = step("Publish", {
    state: "failed",
    endedAt: later(9),
    error: "Muster.ScriptFailed",
    cause: '{"ec2":"i-3","exit":1}',
  });
  progress.update(build([done, failed]), [failed]);
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
  plainProgress(print).update(build([platforms, verdict]), [platforms, verdict]);
  expect(written.map((line) => stripVTControlCharacters(line))).toEqual([
    "12:00:01Z GetPlatformsForVersion-1.2.3 to be tried again: Error, https://example.org/list cannot be reached\n",
  ]);
  const progress = liveProgress(print, { now: () => later(2) });
  progress.update(build([platforms, verdict]), [platforms, verdict]);
  const drawn = screen(written).join("\n");
  progress.close();
  expect(drawn).toContain("GetPlatformsForVersion  1.2.3  to be tried again");
  expect(drawn).not.toContain("CheckForFailures");
});

test("what has finished between two looks stays in the order of its time, whichever step came first", () => {
  const { print, written } = terminal();
  const progress = liveProgress(print, { now: () => later(9) });
  const last = step("MakeFirst", { state: "skipped", endedAt: later(8), reason: "it is there" });
  progress.update(build([last, done]), [last, done]);
  progress.close();
  expect(screen(written)).toEqual(["✔ MakeSource 1.2.3  4.0 s on i-1", "– MakeFirst 1.2.3  skipped: it is there", ""]);
});

test("a line of wide characters takes no more columns than the terminal has", () => {
  const { print, written } = terminal({ columns: 20 });
  const progress = liveProgress(print, { now: () => later(7) });
  progress.update(build([step("包包包包包包包包包", { state: "running" })]), []);
  const [line = ""] = screen(written);
  expect([...line].filter((character) => character === "包")).toHaveLength(7);
  expect(line.endsWith("…")).toBe(true);
  progress.close();
});
