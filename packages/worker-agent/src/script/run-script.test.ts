import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { virtualClock } from "@muster/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gather, markOf, runText, type TextToRun } from "../../testing/run-text.ts";
import { findProcesses, killProcesses, NO_GROUP, type ProcessMarks } from "../process/processes.ts";
import type { ScriptRoom } from "../process/script-room.ts";
import { type PipeSource, pipeSource } from "./output-pipe.ts";

let folder: string;
let pipes: PipeSource;
let lines: string[];
let marks: ProcessMarks | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-script-"));
  pipes = pipeSource(folder);
  lines = [];
  marks = undefined;
});
afterEach(async () => {
  if (marks !== undefined) await killProcesses(marks);
  await pipes.close();
  await rm(folder, { recursive: true });
});

type Options = Partial<Pick<TextToRun, "room" | "signal" | "clock" | "graceMs" | "target">> & {
  readonly onLine?: (line: string) => void;
};

const run = (text: string, { onLine, ...options }: Options = {}) =>
  runText(text, {
    folder,
    pipes,
    target: gather(lines, onLine),
    onStart(started) {
      marks = started;
    },
    ...options,
  });

const survivors = () => findProcesses({ group: NO_GROUP, variable: markOf(folder) });

test("standard output and error keep their order", async () => {
  await run("for i in 1 2 3 4 5 6; do echo out$i; echo err$i >&2; done");
  expect(lines).toEqual([1, 2, 3, 4, 5, 6].flatMap((i) => [`out${i}`, `err${i}`]));
});

test("a script may open its standard output and error again", async () => {
  expect(await run("echo one >/dev/stderr; echo two >/dev/stdout; echo three | tee /dev/stderr")).toEqual({
    code: 0,
    leftBehind: 0,
  });
  expect(lines).toEqual(["one", "two", "three", "three"]);
});

test("a script has no input, and nothing in its environment that was not given", async () => {
  await run("cat; env | cut -d= -f1 | sort | tr '\\n' ' '");
  expect(lines).toEqual(["MARK PATH PWD SHLVL _ "]);
});

test("an exit code and a signal are told apart", async () => {
  expect(await run("exit 42")).toEqual({ code: 42, leftBehind: 0 });
  expect(await run("kill -KILL $$")).toEqual({ signal: "SIGKILL", leftBehind: 0 });
});

test("a script that cannot be started rejects", async () => {
  await expect(run("#!/no/such/interpreter\n")).rejects.toThrow("ENOENT");
});

test("a script that closes its output goes on, and its exit code counts", async () => {
  expect(await run("echo before; exec >&- 2>&-; sleep 0.2; exit 7")).toEqual({ code: 7, leftBehind: 0 });
  expect(lines).toEqual(["before"]);
});

test("what a script leaves in the background ends with it, its output included", async () => {
  const exit = await run(
    "(trap 'echo ended; exit' TERM; echo begun; while :; do sleep 0.05; done) & sleep 0.3; exit 0",
  );
  expect(exit).toMatchObject({ code: 0 });
  expect(exit.leftBehind).toBeGreaterThan(0);
  expect(lines[0]).toBe("begun");
  expect(lines.at(-1)).toBe("ended");
  expect(await survivors()).toEqual([]);
});

test("daemons that left their session end too, as long as they hold the output", async () => {
  expect(await run("setsid setsid sleep 1000 & sleep 0.2; exit 3")).toMatchObject({ code: 3, leftBehind: 1 });
  expect(await survivors()).toEqual([]);
});

test("daemons that gave up session and output are found by what they inherited", async () => {
  await run("(setsid sleep 1000 >/dev/null 2>&1 </dev/null &) ; sleep 0.2");
  expect(await survivors()).toHaveLength(1);
  await killProcesses({ group: NO_GROUP, variable: markOf(folder) });
  expect(await survivors()).toEqual([]);
});

test("a script that is asked to end gets TERM, and says what it wants to say", async () => {
  const end = new AbortController();
  const exit = await run("trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.05; done", {
    signal: end.signal,
    onLine: (line) => line === "ready" && end.abort(),
  });
  expect(exit).toMatchObject({ code: 5, asked: true });
  expect(lines.at(-1)).toBe("asked");
});

test("what a shell without a trap runs is asked once, and gets the whole grace", async () => {
  const end = new AbortController();
  const tool = "trap 'echo asked; sleep 1.5 & wait; echo tidied; exit 1' TERM; echo ready; sleep 1000 & wait";
  const exit = await run(`bash -c "${tool}"; echo never`, {
    signal: end.signal,
    onLine: (line) => line === "ready" && end.abort(),
  });
  expect(exit).toEqual({ signal: "SIGTERM", asked: true, leftBehind: 0 });
  expect(lines).toEqual(["ready", "asked", "tidied"]);
});

test("what it runs and does not end is killed when the grace is over", async () => {
  const end = new AbortController();
  let askedMs = 0;
  const exit = await run("bash -c \"trap '' TERM; echo ready; exec sleep 1000\"; echo never", {
    signal: end.signal,
    graceMs: () => 2000,
    onLine() {
      askedMs = performance.now();
      end.abort();
    },
  });
  expect(performance.now() - askedMs).toBeGreaterThan(1900);
  expect(exit).toEqual({ signal: "SIGTERM", asked: true, leftBehind: 0 });
  expect(await survivors()).toEqual([]);
});

test("a script that ignores TERM is killed with its whole group when its grace is over, and not before", async () => {
  const clock = virtualClock();
  const end = new AbortController();
  const running = run("trap '' TERM; sleep 1000 & echo ready; wait; while :; do sleep 0.05; done", {
    signal: end.signal,
    clock,
    onLine: (line) => line === "ready" && end.abort(),
  });
  await expect.poll(() => clock.pending).toBe(1);
  clock.advance(9999);
  expect(await survivors()).not.toEqual([]);
  clock.advance(1);
  expect(await running).toMatchObject({ signal: "SIGKILL" });
  expect(await survivors()).toEqual([]);
});

test("a script that is stopped ends when it is asked to", async () => {
  const end = new AbortController();
  const exit = await run("echo ready; kill -STOP $$; echo never", {
    signal: end.signal,
    onLine: () => setTimeout(() => end.abort(), 200),
  });
  expect(exit).toEqual({ signal: "SIGTERM", asked: true, leftBehind: 0 });
});

test("what KILL does not end is waited for no longer", async () => {
  // Its room's door stays when the script, the only child, is gone: as one that hangs in the kernel.
  const door = 'setsid sh -c "echo >&3; read -r _ <&3; exec sleep 1000" & wait; exec sleep 1000';
  const room: ScriptRoom = {
    sealed: { namespace: "none", keeper: 0 },
    command: () => ["bash", "-c", door],
    async close() {},
  };
  const exit = await run("", { room, signal: AbortSignal.abort(), graceMs: () => 100 });
  expect(exit).toMatchObject({ signal: "SIGKILL", asked: true });
  expect(await survivors()).toEqual([]);
});

test("a script that was asked to end before it began ends at once", async () => {
  expect(await run("sleep 1000", { signal: AbortSignal.abort() })).toMatchObject({ signal: "SIGTERM" });
});

test("a script that writes faster than its lines are taken waits, and loses none", async () => {
  let held = 0;
  let got = 0;
  const { code } = await run("seq 200000", {
    target: {
      write(more) {
        for (const line of more) expect(line).toBe(String(++got));
      },
      room() {
        if (held >= 20 || got < held * 5000) return undefined;
        held++;
        return new Promise((resolve) => setImmediate(resolve));
      },
    },
  });
  expect({ code, got }).toEqual({ code: 0, got: 200_000 });
  expect(held).toBe(20);
});

/** Prints for as long as somebody reads, and cannot be found. */
const noise = "setsid env -i bash -c 'while echo noise; do sleep 0.1; done' & sleep 0.2; exit 0";

test("a script is not kept from its end by what goes on writing and cannot be found", async () => {
  expect(await run(noise)).toEqual({ code: 0, leftBehind: 0, unread: true });
  expect(lines.length).toBeGreaterThan(10);
});

test("an end that comes while its output is waited for shortens that, and changes nothing else", async () => {
  const patientMs = performance.now();
  await run(noise);
  lines.length = 0;
  const end = new AbortController();
  const startMs = performance.now();
  const exit = await run(noise, {
    signal: end.signal,
    graceMs: () => 1000,
    onLine: () => lines.length > 10 && end.abort(),
  });
  expect(exit).toEqual({ code: 0, leftBehind: 0, unread: true });
  expect(performance.now() - startMs).toBeLessThan(startMs - patientMs);
});
