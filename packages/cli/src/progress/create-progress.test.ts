import { Writable } from "node:stream";
import { type BuildHistory, unreadBuild } from "@muster/history";
import { forEachVersion, sequence } from "@muster/pipeline";
import { expect, test } from "vitest";
import type { GlobalValues } from "../global-arguments.ts";
import { createPrint } from "../print.ts";
import { NO_PROSPECT } from "../status/watch-expected.ts";
import { createProgress } from "./create-progress.ts";

/** What a build that has begun puts on such an output. */
function shownOn({ isTTY, isDumb = false, quiet = false }: { isTTY: boolean; isDumb?: boolean; quiet?: boolean }) {
  const written: string[] = [];
  const sink = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written.push(text);
      done();
    },
  });
  const stream = Object.assign(sink, { isTTY, columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream;
  const print = createPrint({ stdout: stream, stderr: stream }, { isDumb, quiet, noColor: true });
  const progress = createProgress(print, { quiet } as GlobalValues);
  const step = {
    kind: "activity",
    name: "Make",
    per: "version",
    version: "1.2.3",
    key: "Make-1.2.3",
    state: "waiting",
    enteredAt: new Date(0),
    attempts: [{ scheduledAt: new Date(0) }],
  } as const;
  const build: BuildHistory = { ...unreadBuild, startedAt: new Date(0), steps: [step] };
  progress.update(build, [step], { name: "1.2.3_alice", flow: forEachVersion(sequence()), prospect: NO_PROSPECT });
  progress.close({ keeps: true });
  return written.join("");
}

test("a terminal is redrawn; one whose cursor cannot be moved, and a pipe, get a line for each thing that happens", () => {
  expect(shownOn({ isTTY: true })).toContain("\u001B[?25l1.2.3_alice  running for");
  const line = "00:00:00Z Make-1.2.3 waits for a worker\n";
  expect(shownOn({ isTTY: true, isDumb: true })).toBe(line);
  expect(shownOn({ isTTY: false })).toBe(line);
});

test("who wants it quiet gets nothing", () => {
  expect(shownOn({ isTTY: true, quiet: true })).toBe("");
});
