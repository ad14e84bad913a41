import { PassThrough } from "node:stream";
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { type BuildHistory, type Step, unreadBuild } from "@muster/history";
import { logMarker, workerLogStream } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { createPrint } from "../print.ts";
import { clientsAtHand } from "../stages/local/local-clients.ts";
import { stageForTests } from "../testing/stage-for-tests.ts";
import { columnsOf } from "../text-columns.ts";
import { reportFailures } from "./failure-report.ts";
import { jsonOfFailures } from "./json-of-failures.ts";
import { failureLines } from "./print-failures.ts";

const NAME = "1.2.3_alice_2026-11-30_0900";

interface Failing {
  readonly platform: string;
  readonly instance: string;
  readonly line: string;
}

const taskOf = ({ platform }: Pick<Failing, "platform">) => `MakePackage-1.2.3-${platform}`;

function failedBuild(...failing: readonly Failing[]): BuildHistory {
  const steps = failing.map((each): Step => {
    const { platform, instance, line } = each;
    const at = new Date("2026-11-30T09:00:00Z");
    const cause = JSON.stringify({ ec2: instance, time_sec: "318", exit: 2, line });
    const lost = { scheduledAt: at, startedAt: at, endedAt: at, instance: "i-1057", error: "Muster.WorkerInterrupted" };
    return {
      kind: "activity",
      name: "MakePackage",
      key: taskOf(each),
      state: "failed",
      enteredAt: at,
      per: "platform",
      version: "1.2.3",
      platform,
      attempts: [lost, { ...lost, instance, error: "Muster.ScriptFailed", cause }],
      error: "Muster.ScriptFailed",
      cause,
    };
  });
  return { ...unreadBuild, state: "failed", startedAt: new Date(), steps };
}

async function failedStage() {
  const stage = await stageForTests();
  const { logs, s3, sfn } = stage.clients;
  const logGroupName = stage.description.logGroups.MakePackage as string;
  await logs.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  });
  const report = (build: BuildHistory) =>
    reportFailures(
      { ...clientsAtHand(stage.clients), description: stage.description },
      { build, name: NAME, executionArn: "arn:this" },
    );
  return {
    ...stage,
    report,
    async writeLog({ platform, instance }: Pick<Failing, "platform" | "instance">, lines: readonly string[]) {
      const stream = { logGroupName, logStreamName: workerLogStream(instance) };
      await logs.send(new CreateLogStreamCommand(stream));
      const mark = (kind: "start" | "end") =>
        logMarker({ kind, task: taskOf({ platform }), build: NAME, attempt: "t" });
      const messages = ["worker starts", mark("start"), ...lines, mark("end"), "cleanup"];
      const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
      await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
    },
    async keepRecord({ platform, instance }: Pick<Failing, "platform" | "instance">, lastLines: string) {
      const Bucket = stage.description.buckets.state;
      await s3.send(new CreateBucketCommand({ Bucket }));
      const byproducts = [
        { name: "outcome" },
        { name: "last lines", content: Buffer.from(lastLines).toString("base64") },
      ];
      const Body = JSON.stringify({ predicate: { runDetails: { byproducts } } });
      const Key = stateKey.attempt(NAME, taskOf({ platform }), instance, "2026-11-30T09:00:00.000Z");
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    /** A build that ended before, with that cause. */
    async failBefore(name: string, Cause: string) {
      const definition = JSON.stringify({
        StartAt: "End",
        States: { End: { Type: "Fail", Error: "StepsFailed", CausePath: "$.cause" } },
      });
      const made = await sfn.send(
        new CreateStateMachineCommand({ name: "small", definition, roleArn: "arn:aws:iam::000000000000:role/any" }),
      );
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: made.stateMachineArn,
          name,
          input: JSON.stringify({ cause: Cause }),
        }),
      );
      await expect
        .poll(async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status)
        .toBe("FAILED");
    },
  };
}

const debian: Failing = { platform: "debian-12-bookworm", instance: "i-0deb1a4", line: "a.c:3: error: no" };
const ubuntu: Failing = { platform: "ubuntu-24.04-noble", instance: "i-0b4472", line: "a.c:7: error: no" };
const printTo = (terminal: object) => {
  const stream = Object.assign(new PassThrough(), terminal) as unknown as NodeJS.WriteStream;
  return createPrint({ stdout: stream, stderr: stream });
};
const print = printTo({ isTTY: false });

test("the same error is told once, with where, since when, and the end of the last attempt's log", async () => {
  await using stage = await failedStage();
  const cause = {
    errorType: "StepsFailed",
    errorMessage:
      "The following steps have failed:\nMakePackage 1.2.2 ubuntu-24.04-noble i-9 Muster.ScriptFailed, exit 2, after 7 s: a.c:9: error: no",
  };
  await stage.failBefore("before", JSON.stringify(cause));
  await stage.writeLog(debian, [
    ...Array.from({ length: 30 }, (_, index) => `line ${index}`),
    "\u001B[31mred\u001B[0m\u001B[2J [line goes on]",
  ]);
  const report = await stage.report(failedBuild(debian, ubuntu));
  expect(report.headline).toBe("MakePackage failed with the same error on all 2 platforms, in the build before too");
  expect(failureLines(report, { print, globals: {}, isTold: false })).toEqual([
    "  MakePackage 1.2.3 debian-12-bookworm i-0deb1a4 Muster.ScriptFailed, exit 2, after 318 s: a.c:3: error: no",
    "    the same on 1.2.3 ubuntu-24.04-noble",
    ...Array.from({ length: 9 }, (_, index) => `    │ line ${index + 21}`),
    "    │ red",
    "    muster logs MakePackage-1.2.3-debian-12-bookworm --attempt 2",
  ]);
  expect(jsonOfFailures(report).failures).toMatchObject([
    { attempt: 2, group: 0, alsoIn: ["before"], lastLines: { length: 10 }, logs: taskOf(debian) },
    { attempt: 2, group: 0, alsoIn: ["before"], lastLines: null, logProblem: null },
  ]);
  expect(stage.called().filter((operation) => operation === "GetExecutionHistory")).toEqual([]);
});

test("ninety platforms with one error are one cause, and cost the reads of one", async () => {
  await using stage = await failedStage();
  const ninety = Array.from({ length: 90 }, (_, index) => ({ ...debian, platform: `platform-${index}` }));
  await stage.writeLog({ ...debian, platform: "platform-0" }, ["last words"]);
  stage.called();
  const report = await stage.report(failedBuild(...ninety));
  expect(stage.called().filter((operation) => operation === "GetLogEvents").length).toBeLessThanOrEqual(2);
  const lines = failureLines(report, { print, globals: {}, isTold: true });
  expect(lines).toContain("    │ last words");
  expect(lines.join("\n")).toMatch(/the same on 1\.2\.3 platform-1,[\s\S]*platform-12, … 77 more/);
  expect(lines.length).toBeLessThan(10);
});

test("different errors are told apart, each with its log, at most ten of them", async () => {
  await using stage = await failedStage();
  const many = Array.from({ length: 12 }, (_, index) => {
    const letter = String.fromCharCode(97 + index);
    return { platform: `platform-${letter}`, instance: `i-0${index.toString(16)}`, line: `${letter}: error` };
  });
  for (const each of many) await stage.writeLog(each, [each.line]);
  const report = await stage.report(failedBuild(...many));
  expect(report.headline).toMatch(
    /^12 different failures: MakePackage on platform-a alone of 12 platforms; .*; … and 9 more$/,
  );
  expect(report.causes.map(({ log }) => log.kind)).toEqual([...Array(10).fill("lines"), "none", "none"]);
});

test("a stream that has expired leaves the attempt's record, and where there is none it is said in a line", async () => {
  await using stage = await failedStage();
  const end = logMarker({ kind: "end", task: "MakePackage-1.2.3-debian-12-bookworm", build: NAME, attempt: "t" });
  await stage.keepRecord(debian, `one\ntwo\n${end}`);
  const other = { ...ubuntu, line: "something else" };
  const report = await stage.report(failedBuild(debian, other));
  expect(report.causes.map(({ log }) => log)).toEqual([
    { kind: "lines", lines: ["one", "two"] },
    { kind: "unreadable", why: "its stream has expired or holds nothing of it, and it has no record" },
  ]);
  expect(failureLines(report, { print, globals: {}, isTold: true }).slice(-3)).toEqual([
    "  MakePackage-1.2.3-ubuntu-24.04-noble",
    "    its log cannot be read: its stream has expired or holds nothing of it, and it has no record",
    "    muster logs MakePackage-1.2.3-ubuntu-24.04-noble --attempt 2",
  ]);
});

test("what may not be read fails nothing, and is named", async () => {
  await using stage = await failedStage();
  stage.aws.failCalls({ service: "logs", operation: "GetLogEvents" }, { code: "AccessDeniedException", status: 400 });
  stage.aws.failCalls(
    { service: "states", operation: "ListExecutions" },
    { code: "AccessDeniedException", status: 400 },
  );
  const report = await stage.report(failedBuild(debian));
  expect(report.headline).toBe("MakePackage failed on debian-12-bookworm");
  expect(report.causes[0]).toMatchObject({
    alsoIn: null,
    log: { kind: "unreadable", why: expect.stringContaining("AccessDeniedException") },
  });
});

test("on a narrow terminal no line is longer than it is wide, commands and errors aside", async () => {
  await using stage = await failedStage();
  await stage.writeLog(debian, ["x".repeat(500), "日本語".repeat(20)]);
  const narrow = printTo({ isTTY: true, columns: 40 });
  const ninety = Array.from({ length: 90 }, (_, index) => ({ ...debian, platform: `debian-${index}` }));
  const report = await stage.report(failedBuild(debian, ...ninety));
  const lines = failureLines(report, {
    print: narrow,
    globals: {},
    isTold: true,
  });
  expect(lines.slice(1, -1).filter((line) => columnsOf(line) > 40)).toEqual([]);
  expect(lines.filter((line) => line.endsWith("…"))).toHaveLength(2);
});
