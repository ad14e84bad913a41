import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { workerLogStream } from "@muster/pipeline";
import { expect, test } from "vitest";
import { stageWithWorkers } from "../../testing/stage-with-workers.ts";
import { succeeds } from "../../testing/succeeds.ts";
import { LOG_GROUP } from "../../testing/test-stage.ts";

const run = promisify(execFile);
const OUTPUT = { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 } as const;

/** More than one page of GetLogEvents, a line of nearly an event's size, and characters of every length. */
const PRINTED = Buffer.from(
  [
    ...Array.from(
      { length: 15_000 },
      (_, index) => `\t${index} ä € 🌊 "quoted" \\n {"json": [1]} \u001b[1mbold\u001b[0m  `,
    ),
    "long ".repeat(50_000),
    "last",
    "",
  ].join("\n"),
);

/** What a client reads of the stream, between the agent's own two lines. */
function printedLines(read: Buffer): Buffer {
  const first = read.indexOf("\n") + 1;
  const last = read.lastIndexOf("\n", read.length - 2) + 1;
  expect(read.toString("utf8", 0, first)).toMatch(/ start /);
  expect(read.toString("utf8", last)).toMatch(/ end /);
  return read.subarray(first, last);
}

type Read = (url: string, stream: string) => Promise<Buffer>;

const readWithBoto3: Read = async (url, stream) => {
  const program = join(import.meta.dirname, "../../foreign-clients/read_log.py");
  return (await run("python3", [program, url, LOG_GROUP, stream], OUTPUT)).stdout;
};

const readWithCli: Read = async (url, stream) => {
  const place = ["--log-group-name", LOG_GROUP, "--log-stream-name", stream, "--start-from-head"];
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "AKIAREADREADREADREAD",
    AWS_SECRET_ACCESS_KEY: "read",
    AWS_PAGER: "",
  };
  const messages: string[] = [];
  for (let token: string | undefined; ; ) {
    const words = [
      "--endpoint-url",
      url,
      "--region",
      "us-west-2",
      "--output",
      "json",
      "logs",
      "get-log-events",
      ...place,
    ];
    const { stdout } = await run("aws", token === undefined ? words : [...words, "--next-token", token], {
      ...OUTPUT,
      env,
    });
    const page = JSON.parse(stdout.toString()) as { events: { message: string }[]; nextForwardToken: string };
    messages.push(...page.events.map(({ message }) => `${message}\n`));
    if (page.nextForwardToken === token) return Buffer.from(messages.join(""));
    token = page.nextForwardToken;
  }
};

test.for<[string, boolean, Read]>([
  ["boto3", succeeds("python3", "-c", "import boto3"), readWithBoto3],
  ["the AWS CLI", succeeds("aws", "--version"), readWithCli],
])("%s reads back what a worker's script printed, byte by byte", async ([name, isThere, read], { skip }) => {
  if (!isThere) return skip(`this machine has no ${name}`);
  await using stage = await stageWithWorkers();
  const file = join(stage.folder, "printed");
  await writeFile(file, PRINTED);
  const worker = await stage.startWorker({ script: `cat ${file}` });
  expect((await stage.runTask()).status).toBe("SUCCEEDED");
  const got = printedLines(await read(stage.url, workerLogStream(worker.instanceId)));
  // Not by toEqual, which would print both.
  expect(got.length).toBe(PRINTED.length);
  expect(got.equals(PRINTED)).toBe(true);
});
