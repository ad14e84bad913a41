import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InProcessOptions, runInProcess, type Seen } from "../testing/run-in-process.ts";
import { pipelineFolder } from "./folder.ts";
import { normalised } from "./normalised.ts";
import { tooWide } from "./too-wide.ts";
import { shown } from "./transcript.ts";
import { hello, TASK } from "./worlds.ts";

const NARROW = { columns: 40, rows: 24 };

let place: Awaited<ReturnType<typeof pipelineFolder>>;
beforeAll(async () => {
  place = await pipelineFolder();
});
afterAll(() => place[Symbol.asyncDispose]());

/** What each run of the tests holds; `pnpm --filter cli transcripts` also what starts agents. */
const isWhole = process.env.TRANSCRIPTS === "all";

type Options = Omit<InProcessOptions, "loaded" | "stage">;

function run(words: string, options: Options = {}, folder = place.folder): Promise<Seen> {
  const loaded = { pipeline: hello, folder, file: join(folder, "pipeline.ts") };
  return runInProcess(words.split(" "), { loaded, ...options });
}

/** What is another in each run. */
const told = (parts: readonly string[], folder = place.folder): string =>
  `${normalised(parts.join("\n\n"), { folder, machines: [] })}\n`
    .replaceAll(/127\.0\.0\.1:\d{4,5}/g, "127.0.0.1:4566")
    .replaceAll(/http:\/\/localhost:\d+/g, "http://localhost:8080")
    .replaceAll(/\bpid \d+/g, "pid 4711")
    .replaceAll(/after [\d.]+ s\b/g, "after 0.4 s")
    .replaceAll(/[\d.]+ [KMGT]i?B free/g, "100 GiB free")
    .replaceAll(/account \d{12}/g, "account 000000000000");

async function transcriptOf(lines: readonly string[], options: Options = {}): Promise<string> {
  const parts: string[] = [];
  for (const words of lines) parts.push(shown(words, await run(words, options)));
  return told(parts);
}

const LIGHT = [
  "doctor",
  "asl --graph",
  "completion bash",
  "completion zsh",
  "completion fish",
  "completion words -- stat",
  "completion words -- build Make",
  "status",
  "workers",
  "results",
  "audit",
  "verify 1.2.3",
  `repro ${TASK}`,
  "run-test-workers",
  "kill-test-workers",
  "task MakeSource",
];

test("here.pipe", async () => {
  await expect(await transcriptOf(LIGHT)).toMatchFileSnapshot("golden/here.pipe.txt");
});

test("what commands say of an empty stage fits a terminal of 40 columns", async () => {
  expect(tooWide(await transcriptOf(LIGHT, { terminal: NARROW }), NARROW.columns)).toEqual([]);
});

test("doctor.pipe: what is to be mended is said, with how", async () => {
  const { folder } = place;
  const script = join(folder, "publish.sh");
  await chmod(script, 0o644);
  try {
    const faulty = shown("doctor", await run("doctor"));
    const narrow = await run("doctor", { terminal: NARROW });
    expect(tooWide(`$ muster doctor\n${narrow.stdout}`, NARROW.columns)).toEqual([]);
    await expect(told([faulty])).toMatchFileSnapshot("golden/doctor.pipe.txt");
  } finally {
    await writeFile(script, "#!/bin/bash\n", { mode: 0o755 });
  }
});

test.each([
  { name: "init.pipe", options: {} },
  { name: "init.terminal", options: { terminal: { columns: 80, rows: 40 } } },
  { name: "init at 40 columns", options: { terminal: NARROW } },
])("$name", async ({ name, options }) => {
  const folder = await mkdtemp(join(tmpdir(), "muster-transcripts-init-"));
  try {
    const parts: string[] = [];
    for (const words of [
      "init --yes --name hello --what tarball",
      "init --yes --name hello --what tarball",
      "init --yes --what rpm",
    ])
      parts.push(shown(words, await run(words, options, folder)));
    const text = told(parts, folder);
    if (options.terminal === NARROW) expect(tooWide(text, NARROW.columns)).toEqual([]);
    else await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Starts `muster local`, and resolves when it answers. */
async function keepLocal(options: Options) {
  const interruption = new AbortController();
  const ready = Promise.withResolvers<void>();
  const ended = run("local --port 0", {
    ...options,
    signal: interruption.signal,
    onReport: (text) => (text.includes("aws()") || text.includes("2.13") ? ready.resolve() : undefined),
  });
  await Promise.race([ready.promise, ended]);
  return {
    async end(): Promise<string> {
      interruption.abort();
      return shown("local --port 0", await ended);
    },
  };
}

test.runIf(isWhole).each([
  { name: "local.pipe", options: {} },
  { name: "local.terminal", options: { terminal: { columns: 80, rows: 40 } } },
  { name: "local at 40 columns", options: { terminal: NARROW } },
])("$name", { timeout: 120_000 }, async ({ name, options }) => {
  const parts: string[] = [];
  const say = async (words: string) => void parts.push(shown(words, await run(words, options)));
  const { folder } = place;
  for (const words of ["task MakeSource-1.2.3", "task MakePackage-1.2.3-debian-12-bookworm --keep"]) await say(words);
  await writeFile(join(folder, "make-source.sh"), "#!/bin/bash\necho fetching\nexit 2\n", { mode: 0o755 });
  await say("task MakeSource-1.2.3");
  await writeFile(join(folder, "make-source.sh"), "#!/bin/bash\n", { mode: 0o755 });
  const local = await keepLocal(options);
  try {
    for (const words of ["local --port 0", "run-test-workers", "kill-test-workers", "workers"]) await say(words);
  } finally {
    parts.push(await local.end());
  }
  const text = told(parts);
  if (options.terminal === NARROW) expect(tooWide(text, NARROW.columns)).toEqual([]);
  else await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
});
