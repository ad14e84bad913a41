import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { commands } from "../commands.ts";
import { runInProcess } from "../testing/run-in-process.ts";
import { pipelineFolder } from "./folder.ts";
import { tooWide } from "./too-wide.ts";
import { shown, stageOf, transcript } from "./transcript.ts";
import { worlds } from "./worlds.ts";

const TERMINAL = { columns: 80, rows: 40 };
const NARROW = { columns: 40, rows: 24 };

let place: Awaited<ReturnType<typeof pipelineFolder>>;
beforeAll(async () => {
  place = await pipelineFolder();
});
afterAll(() => place[Symbol.asyncDispose]());
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** What each run of the tests holds; `pnpm --filter cli transcripts` all of them, which takes a minute of CPU. */
const some: readonly string[] = ["one-failure.pipe", "stopped.terminal", "running"];
const isWhole = process.env.TRANSCRIPTS === "all";

const all = worlds.flatMap((make) => [
  { name: `${make().name}.pipe`, make, options: {} },
  { name: `${make().name}.terminal`, make, options: { terminal: TERMINAL } },
]);

test.each(all.filter(({ name }) => isWhole || some.includes(name)))("$name", async ({ name, make, options }) => {
  const { folder } = place;
  await expect(await transcript(make(), { ...options, folder })).toMatchFileSnapshot(`golden/${name}.txt`);
});

test.each(worlds.map((make) => ({ name: make().name, make })).filter(({ name }) => isWhole || some.includes(name)))(
  "$name on a terminal of 40 columns has no line that is wider, but for what is copied",
  async ({ make }) => {
    const { folder } = place;
    expect(tooWide(await transcript(make(), { terminal: NARROW, folder }), NARROW.columns)).toEqual([]);
  },
);

test("a line that is too wide is found, and what may be is not", () => {
  const text =
    "$ muster why x\nthis line has some more words than fit\n  muster logs a-task-of-a-long-name\n  s3://a/long/url/of/it";
  expect(tooWide(text, 20)).toEqual(["$ muster why x: this line has some more words than fit"]);
  expect(tooWide(text, 80)).toEqual([]);
});

async function helpAt(columns?: number): Promise<string> {
  await using time = await stageOf({ name: "help" }, place.folder);
  const { stage, loaded } = time;
  const terminal = columns === undefined ? {} : { terminal: { columns, rows: 24 } };
  const told: string[] = [];
  for (const words of ["help", ...commands.map(({ name }) => `help ${name}`), "--version", "stauts"])
    told.push(shown(words, await runInProcess(words.split(" "), { stage, loaded, ...terminal })));
  return `${told.join("\n\n")}\n`;
}

test.runIf(isWhole)("help.pipe", async () => {
  await expect(await helpAt()).toMatchFileSnapshot("golden/help.pipe.txt");
});

test("help on a terminal of 40 columns has no line that is wider, but for what is copied", async () => {
  expect(tooWide(await helpAt(NARROW.columns), NARROW.columns)).toEqual([]);
});
