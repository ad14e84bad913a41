import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { logMarker } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { createPrint } from "../print.ts";
import type { Stage } from "../stages/stage.ts";
import { playedStage, TASK } from "../testing/played-build.ts";
import type { LogsJson } from "./print-log.ts";
import { type LogsArguments, showLogs } from "./show-logs.ts";

const BUILD = "1.2.3_alice_2026-11-30_0900";
const [FIRST, SECOND] = ["i-0a1", "i-0b2"];

type Asked = Partial<LogsArguments> & { json?: boolean; isTerminal?: boolean; signal?: AbortSignal };

/** Runs the command, and answers what it printed. */
async function logs(stage: Stage, { json = false, isTerminal = false, signal, ...asked }: Asked = {}) {
  const texts = { stdout: "", stderr: "" };
  const open = (name: keyof typeof texts) => {
    const stream = Object.assign(new PassThrough(), { isTTY: isTerminal, columns: 80, getColorDepth: () => 8 });
    stream.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
    return stream as unknown as NodeJS.WriteStream;
  };
  const context = {
    print: createPrint({ stdout: open("stdout"), stderr: open("stderr") }),
    globals: { pipeline: undefined, stage: undefined, stateDir: undefined, json },
    signal: signal ?? new AbortController().signal,
    openStage: async () => stage,
  } as unknown as Context;
  const unsaid = { follow: false, build: undefined, attempt: undefined, grep: undefined, since: undefined };
  const exitCode = await showLogs({ task: TASK, timestamps: false, ...unsaid, ...asked }, context);
  return { exitCode, ...texts, lines: texts.stdout.split("\n").slice(0, -1) };
}

const json = async (stage: Stage, asked: Asked = {}): Promise<LogsJson> =>
  JSON.parse((await logs(stage, { ...asked, json: true })).stdout);

/** A build whose first attempt failed, and whose second still runs. */
async function secondAttempt() {
  const played = await playedStage();
  await played.startBuild(BUILD);
  const first = await played.take(FIRST, BUILD);
  await first.prints("compiling", "\u001B[31ma.c:3: error\u001B[0m\u001B[2J");
  await first.fails();
  const second = await played.take(SECOND, BUILD);
  await second.prints("compiling again", "Continue? [line goes on]");
  return { ...played, first, second };
}

type Played = Awaited<ReturnType<typeof secondAttempt>>;
/** For tests that only read. */
let shared: Played;
beforeAll(async () => {
  shared = await secondAttempt();
});
afterAll(() => shared[Symbol.asyncDispose]());

test("a task that runs shows all its attempts, says that it runs, and for how long it has been silent", async () => {
  const { lines, stderr, exitCode } = await logs(shared.stage);
  expect(lines).toEqual([
    "=== attempt 1 on i-0a1",
    "compiling",
    "a.c:3: error",
    "=== Muster.ScriptFailed, exit 2",
    "=== attempt 2 on i-0b2",
    "compiling again",
    "Continue? [line goes on]",
  ]);
  expect(stderr).toMatch(
    new RegExp(`^${TASK} still runs on i-0b2; it printed last \\d+ s ago, at \\d\\d:\\d\\d:\\d\\dZ\n$`),
  );
  expect(exitCode).toBe(0);
});

test("colours stay on a terminal, and what moves its cursor does not", async () => {
  const { stdout } = await logs(shared.stage, { isTerminal: true, attempt: "1" });
  expect(stdout).toContain("\u001B[31ma.c:3: error\u001B[0m\n");
  expect(stdout).not.toContain("\u001B[2J");
});

test("one attempt, a pattern and times are chosen from them", async () => {
  const { lines, stderr } = await logs(shared.stage, { attempt: "1", grep: "^a\\..*error$", timestamps: true });
  expect(lines).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z a\.c:3: error$/)]);
  expect(stderr).toBe("");
  const none = await logs(shared.stage, { grep: "warning" });
  expect(none).toMatchObject({ lines: [], exitCode: 0, stderr: expect.stringContaining("no line holds warning\n") });
});

test("of a build each line names its task, and of a worker everything is shown", async () => {
  await using played = await secondAttempt();
  const build = await logs(played.stage, { task: "1.2.3_alice", grep: "compiling" });
  expect(build.lines).toEqual([`${TASK} │ compiling`, `${TASK} │ compiling again`]);
  await played.put(SECOND, ["of the worker's own"]);
  const worker = await logs(played.stage, { task: SECOND });
  expect(worker.lines).toEqual([
    expect.stringContaining("=== muster: start"),
    "compiling again",
    "Continue?",
    "of the worker's own",
  ]);
});

test("lines since a time are those, in the middle of a task too", async () => {
  await using played = await playedStage();
  await played.startBuild(BUILD);
  const worker = await played.take(FIRST, BUILD);
  await worker.prints("before");
  const before = new Date().toISOString();
  await expect.poll(() => new Date().toISOString() > before).toBe(true);
  const since = new Date().toISOString();
  await worker.prints("after");
  const { lines } = await logs(played.stage, { since });
  expect(lines).toEqual(["after"]);
  const later = await logs(played.stage, { since: "0s" });
  expect(later.lines).toEqual([]);
  expect(later.stderr).toContain(`${TASK} still runs on ${FIRST}; it has printed nothing`);
});

test("--json is one value, with what is known of each attempt", async () => {
  const { build, attempts, lines } = await json(shared.stage, { grep: "error|Continue" });
  expect({ build, attempts }).toEqual({
    build: BUILD,
    attempts: [
      { task: TASK, attempt: 1, instance: FIRST, source: "stream", problem: null, silentSeconds: null },
      { task: TASK, attempt: 2, instance: SECOND, source: "stream", problem: null, silentSeconds: expect.any(Number) },
    ],
  });
  expect(lines).toEqual([
    { time: expect.stringMatching(/Z$/), task: TASK, attempt: 1, instance: FIRST, text: "a.c:3: error" },
    { time: expect.stringMatching(/Z$/), task: TASK, attempt: 2, instance: SECOND, text: "Continue? [line goes on]" },
  ]);
});

test("an attempt whose stream has expired is read from its record, whole or as far as it is kept", async () => {
  await using played = await secondAttempt();
  const { first, second } = played;
  await second.fails();
  const third = await played.take("i-0c3", BUILD);
  await third.prints("third");
  await third.succeeds();
  for (const instance of [FIRST, SECOND]) await played.expire(instance);
  await expect(logs(played.stage, { task: FIRST })).rejects.toMatchObject({
    message: `the log of the worker ${FIRST} is gone, or has not begun`,
    hint: `muster logs ${TASK} --attempt 1 shows what its record keeps of that task`,
  });
  const mark = (kind: "start" | "end", details: string) =>
    logMarker({ kind, task: TASK, build: BUILD, attempt: first.attempt, details });
  const log = [mark("start", `on ${FIRST}`), "from the record", mark("end", "Muster.ScriptFailed")].join("\n");
  const keep = { build: BUILD, instance: FIRST, attempt: first.attempt };
  await played.keep({ ...keep, suffix: ".log.gz", body: gzipSync(`${log}\n`) });
  const byproducts = [{ name: "last lines", content: Buffer.from("its last words").toString("base64") }];
  const body = JSON.stringify({ predicate: { runDetails: { byproducts } } });
  await played.keep({ build: BUILD, instance: SECOND, attempt: second.attempt, suffix: ".json", body });

  const { lines, stderr } = await logs(played.stage, { timestamps: true });
  expect(lines.map((line) => line.slice(25))).toEqual([
    "=== attempt 1 on i-0a1",
    "from the record",
    "=== Muster.ScriptFailed",
    "its last words",
    "=== attempt 3 on i-0c3",
    "third",
    "=== succeeded",
  ]);
  expect(lines[1]).toMatch(/^\(time not recorded\) +from/);
  expect(stderr).toBe(`${TASK}, attempt 2 on i-0b2: only its last lines are left\n`);
  const { attempts } = await json(played.stage);
  expect(attempts.map(({ source }) => source)).toEqual(["record", "last lines", "stream"]);
  await played.keep({ build: BUILD, instance: SECOND, attempt: second.attempt, suffix: ".json", body: "{}" });
  expect((await logs(played.stage)).stderr).toMatch(
    /^[^\n]*, and its record cannot be read: attempts\/\S+ is no attempt's record\n$/,
  );
});

test("a log of which nothing is left anywhere is said to be gone", async () => {
  await using played = await playedStage();
  await played.startBuild(BUILD);
  const worker = await played.take(FIRST, BUILD);
  await worker.succeeds();
  await played.expire(FIRST);
  await expect(logs(played.stage)).rejects.toMatchObject({
    message: `the log of ${TASK} is gone: its stream has expired or holds nothing of it, and it has no record`,
  });
});

test("following shows each line once, to the task's end", async () => {
  await using played = await secondAttempt();
  const following = logs(played.stage, { follow: true, attempt: "2" });
  await played.second.prints("[line continued] yes");
  await played.second.succeeds();
  const { lines, exitCode } = await following;
  expect(lines.filter((line) => line.includes("yes"))).toHaveLength(1);
  expect(lines.at(-1)).toBe("=== succeeded");
  expect(exitCode).toBe(0);
});

test("the last piece of a line is its end where the attempt has ended", async () => {
  await using played = await playedStage();
  await played.startBuild(BUILD);
  const worker = await played.take(FIRST, BUILD);
  await worker.prints("downloading . [line goes on]", "[line continued] . [line goes on]");
  await worker.succeeds();
  expect((await logs(played.stage)).lines[1]).toBe("downloading ..");
});

test("Ctrl-C ends the following, not the task, and says so", async () => {
  const interruption = new AbortController();
  const following = logs(shared.stage, { follow: true, signal: interruption.signal });
  interruption.abort();
  expect(await following).toMatchObject({
    exitCode: 130,
    stderr: expect.stringContaining(`${TASK} goes on without this command\n`),
  });
});

test("a build that nothing moves is told as interrupted, and not waited for", async () => {
  const { stderr } = await logs({ ...shared.stage, movedBy: "nobody" }, { follow: true });
  expect(stderr).toBe(`${TASK} was interrupted: no process moves its build\n`);
});

test.each<[string, Asked, string, string]>([
  ["a mistyped task", { task: `${TASK}m` }, `no worker has had the task "${TASK}m" in the last 1 build`, TASK],
  ["a mistyped build", { task: "1.2.3_alise_2026-11-30_0900" }, "is no task, worker or build", BUILD],
  ["a mistyped step", { task: "MakePakage-1.2.3-debian-12-bookworm" }, "is no task, worker or build", TASK],
  [
    "an attempt that there is not",
    { attempt: "3" },
    `${TASK} has no attempt 3: it has had 2 attempts`,
    "without --attempt",
  ],
  ["an attempt that is no number", { attempt: "last" }, '--attempt "last" is no number from 1 on', ""],
  ["an attempt of a worker", { task: FIRST, attempt: "1" }, "--attempt goes with a task", "muster logs <task>"],
  ["an attempt of a build", { task: BUILD, attempt: "1" }, "--attempt goes with a task", "muster logs <task>"],
  ["a worker's build", { task: FIRST, build: BUILD }, "--build goes with a task", ""],
  [
    "an unknown worker",
    { task: "i-0123456789abcdef0" },
    "no worker i-0123456789abcdef0 has written a log",
    "muster status",
  ],
  ["a mistyped worker", { task: "i-0b3" }, "no worker i-0b3 has written a log", `did you mean ${SECOND}?`],
  ["a wrong time", { since: "soon" }, '--since "soon" is no time', "10m"],
  ["a wrong pattern", { grep: "a(b" }, '--grep "a(b" is no regular expression: Unterminated group', "backslash"],
  ["a wrong class", { grep: "[z-a]" }, '--grep "[z-a]" is no regular expression: Range out of order', "backslash"],
])("%s is refused in one line", async (_, asked, message, hint) => {
  await expect(logs(shared.stage, asked)).rejects.toMatchObject({
    name: "Muster.Usage",
    message: expect.stringContaining(message),
    ...(hint !== "" && { hint: expect.stringContaining(hint) }),
  });
});
