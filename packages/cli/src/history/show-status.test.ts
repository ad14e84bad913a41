import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { createPrint } from "../print.ts";
import { playedStage } from "../testing/played-build.ts";
import { showStatus } from "./show-status.ts";

const asked = { build: undefined, follow: true, list: false };

function contextOf({ stage }: Awaited<ReturnType<typeof playedStage>>, signal: AbortSignal, movedBy = "aws") {
  const [out, errors]: [string[], string[]] = [[], []];
  const stream = (to: string[]) =>
    ({ write: (text: string) => to.push(...text.split("\n").slice(0, -1)) }) as unknown as NodeJS.WriteStream;
  const print = createPrint({ stdout: stream(out), stderr: stream(errors) }, { noColor: true });
  const context = { openStage: async () => ({ ...stage, movedBy }), print, globals: {}, signal } as unknown as Context;
  return { out, errors, context };
}

test("who follows a build has read its history when it ends, and reads none of it again", async () => {
  await using played = await playedStage();
  await played.startBuild("1.2.3_alice");
  const worker = await played.take("i-1", "1.2.3_alice");
  const { out, errors, context } = contextOf(played, new AbortController().signal);
  played.called();
  const ended = showStatus(asked, context);
  while (!errors.some((line) => line.includes("started on i-1"))) await new Promise(setImmediate);
  await worker.succeeds();
  expect(await ended).toBe(0);
  expect(out[0]).toMatch(/^1\.2\.3_alice {2}succeeded after /);
  expect(out[1]).toBe("✔ 1 done");
  // Before the end it was read, and after it not once more.
  const calls = played.called();
  expect(calls.at(-1)).toBe("GetExecutionHistory");
  expect(calls.filter((call) => call === "ListExecutions")).toHaveLength(1);
});

test("Ctrl-C ends following and not the build, and says so", async () => {
  await using played = await playedStage();
  await played.startBuild("1.2.3_alice");
  const interruption = new AbortController();
  const { out, errors, context } = contextOf(played, interruption.signal);
  const ended = showStatus(asked, context);
  while (!errors.some((line) => line.includes("waits for a worker"))) await new Promise(setImmediate);
  interruption.abort();
  expect(await ended).toBe(130);
  expect(out).toEqual([]);
  expect(errors.at(-1)).toBe("the build 1.2.3_alice goes on; muster status 1.2.3_alice --follow follows it again");
});

test("a build that nothing moves is not waited for, and its tasks do not run", async () => {
  await using played = await playedStage();
  await played.startBuild("1.2.3_alice");
  await played.take("i-1", "1.2.3_alice");
  const { out, errors, context } = contextOf(played, new AbortController().signal, "nobody");
  expect(await showStatus(asked, context)).toBe(0);
  expect(out.slice(0, 2)).toEqual([expect.stringMatching(/^1\.2\.3_alice {2}interrupted, started /), "◌ 1 cut off"]);
  expect(errors.at(-1)).toContain("no process moves this build");
});
