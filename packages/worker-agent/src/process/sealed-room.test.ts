import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { gather, runText } from "../../testing/run-text.ts";
import { succeeds } from "../../testing/succeeds.ts";
import { type PipeSource, pipeSource } from "../script/output-pipe.ts";
import { readProcesses } from "./process-table.ts";
import { type ProcessMarks, signalGroup } from "./processes.ts";
import { prepareRooms, type RoomSource } from "./sealed-room.ts";

const canSeal = succeeds("unshare", "--mount", "--pid", "--fork", "--mount-proc", "true");

let folder: string;
let pipes: PipeSource;
let rooms: RoomSource;
let lines: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-room-"));
  await mkdir(join(folder, "state"));
  await writeFile(join(folder, "state/secret"), "");
  pipes = pipeSource(folder);
  rooms = prepareRooms(join(folder, "state"));
});
afterAll(async () => {
  await rooms.close();
  await pipes.close();
  await rm(folder, { recursive: true });
});
beforeEach(({ skip }) => {
  lines = [];
  if (!canSeal) skip("process namespaces need root and util-linux");
});

interface Options {
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs a script in a room of its own, which is closed when it has ended. */
async function run(text: string, { onLine, signal = new AbortController().signal }: Options = {}) {
  const room = await rooms.room();
  let marks: ProcessMarks | undefined;
  const onStart = (started: ProcessMarks) => {
    marks = started;
  };
  const exit = await runText(text, { folder, room, pipes, target: gather(lines, onLine), onStart, signal });
  await room.close();
  return { exit, marks };
}

/** Whether a process with these words runs anywhere on this machine. */
const runs = (words: string): boolean =>
  readProcesses().some(({ pid, state }) => state !== "Z" && commandOf(pid) === words);

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  } catch {
    return "";
  }
}

/** A number of seconds that no other test sleeps. */
let sleeps = 0;
afterEach(() => {
  sleeps++;
});
const longSleep = () => `sleep 9${process.pid}${String(sleeps).padStart(3, "0")}`;

test("a daemon without session, output and environment of its script ends with it", async () => {
  const sleep = longSleep();
  const { exit } = await run(
    `setsid env -i ${sleep} >/dev/null 2>&1 </dev/null & until pgrep -f '^${sleep}$' >/dev/null; do :; done; echo up`,
  );
  expect({ exit, lines }).toEqual({ exit: { code: 0, leftBehind: 0 }, lines: ["up"] });
  expect(runs(sleep)).toBe(false);
});

test("one that holds the output is asked to end first, and counted", async () => {
  const { exit } = await run(
    `setsid env -i bash -c 'trap "echo bye; exit" TERM; echo up; while :; do sleep 0.05; done' & sleep 0.5`,
  );
  expect(exit).toMatchObject({ code: 0 });
  expect(exit.leftBehind).toBeGreaterThan(0);
  expect([lines[0], lines.at(-1)]).toEqual(["up", "bye"]);
});

test.each(["KILL", "TERM", "SEGV", "HUP", "INT"])(
  "a script that SIG%s ended is told from one that exits as a shell would say it",
  async (name) => {
    const number = execFileSync("bash", ["-c", `kill -l ${name}`], { encoding: "utf8" }).trim();
    expect((await run(`kill -${name} $$`)).exit).toEqual({ signal: `SIG${name}`, leftBehind: 0 });
    expect((await run(`exit $((128 + ${number}))`)).exit).toEqual({ code: 128 + Number(number), leftBehind: 0 });
    expect(lines).toEqual([]);
  },
);

test("a script sees its own processes only, and nothing of the agent's by way of /proc", async () => {
  await run(
    `cd /proc; ls -d [0-9]* | wc -l; ls ${folder}/state /proc/1/root${folder}/state; [ -e /proc/${process.pid}/root ] || echo none`,
  );
  // The keeper, the script, and the two of its pipeline; ls may have ended already.
  expect(Number(lines[0])).toBeLessThanOrEqual(5);
  expect(lines).not.toContain("secret");
  expect(lines.at(-1)).toBe("none");
});

test("a script gets the working folder and the environment that it is given, and no input", async () => {
  await run("cat; pwd; env | cut -d= -f1 | sort | tr '\\n' ' '");
  expect(lines).toEqual([folder, "MARK PATH PWD SHLVL _ "]);
});

test("a script that is asked to end gets TERM once, and the time that it takes", async () => {
  const end = new AbortController();
  const { exit, marks } = await run(
    "trap 'echo asked; for i in 1 2 3 4; do sleep 0.1; done; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
    { signal: end.signal, onLine: (line) => line === "ready" && end.abort() },
  );
  expect(exit).toEqual({ code: 5, asked: true, leftBehind: 0 });
  // Bash may say that its sleep, which is asked too, was terminated.
  expect(lines.filter((line) => line !== "Terminated")).toEqual(["ready", "asked"]);
  expect(signalGroup(marks?.group ?? 0, 0)).toBe(false);
});

test("a script that is stopped is asked to end, and ends", async () => {
  const end = new AbortController();
  const { exit } = await run("echo ready; kill -STOP $$; echo never", {
    signal: end.signal,
    onLine: () => setTimeout(() => end.abort(), 200),
  });
  expect(exit).toEqual({ signal: "SIGTERM", asked: true, leftBehind: 0 });
  expect(lines).toEqual(["ready"]);
});

test("a script that is stopped and continued ends as it wants to", async () => {
  const { exit } = await run("(sleep 0.3; kill -CONT $$) & kill -STOP $$; echo continued; wait; exit 7");
  expect(exit).toEqual({ code: 7, leftBehind: 0 });
  expect(lines).toEqual(["continued"]);
});

test("orphans are buried while their script goes on", async () => {
  await run(`
    for i in $(seq 20); do (setsid true &) ; done
    until ! grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | grep -q .; do sleep 0.05; done; echo buried`);
  expect(lines).toEqual(["buried"]);
});

test("a script cannot end its room, whatever signal it sends to whomever it can reach", async () => {
  await run("trap '' TERM INT HUP USR1; for name in TERM INT HUP USR1 KILL; do kill -$name -1 1; done; echo here");
  expect(lines.at(-1)).toBe("here");
});

test("a room whose keeper is gone is not given to a script", async () => {
  rooms.prepare();
  await rooms.ready();
  const holders = readProcesses().filter(({ pid }) => commandOf(pid).startsWith("unshare --mount --pid"));
  const own = holders.filter(({ parent }) => parent === process.pid);
  expect(own).toHaveLength(1);
  process.kill(own[0]?.pid ?? 0, "SIGKILL");
  await expect.poll(() => existsSync(`/proc/${own[0]?.pid}`)).toBe(false);
  expect((await run("echo here")).exit).toMatchObject({ code: 0 });
  expect(lines).toEqual(["here"]);
});
