import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { slack, sns } from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { listBuilds } from "../history/find-build.ts";
import type { Stage } from "../stages/stage.ts";
import { runInProcess } from "../testing/run-in-process.ts";
import { pipelineFolder } from "../transcripts/folder.ts";
import { stageOf } from "../transcripts/transcript.ts";

const notifies = [slack({ name: "team-chat", webhook: "b" }), sns({ name: "mail" })] as const;

let place: Awaited<ReturnType<typeof pipelineFolder>>;
beforeAll(async () => {
  place = await pipelineFolder();
});
afterAll(() => place[Symbol.asyncDispose]());
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** A build of a pipeline that notifies a chat and a topic, whose end the chat was not told. */
async function untoldBuild() {
  const time = await stageOf({ name: "untold", play: () => ({ seconds: 5, exit: 2 }) }, place.folder);
  const { stage: bare, loaded, clients } = time;
  const { description } = bare;
  const stage: Stage = {
    ...bare,
    pipeline: { ...bare.pipeline, notifies },
    description: { ...description, notifies: { "team-chat": {}, mail: {} } },
  };
  const { executionArn = "" } = await clients.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: description.stateMachineArn,
      name: "1.2.3_alice",
      input: JSON.stringify({ inputs: ["1.2.3"] }),
    }),
  );
  await time.until(async () => (await listBuilds(stage)).every(({ running }) => !running));
  const [build] = await listBuilds(stage);
  const endedAt = build?.endedAt?.toISOString() ?? "";
  const record = (target: string, rest: object) =>
    stateRecords(clients.s3, description.buckets.state).write(stateKey.notification(executionArn, endedAt, target), {
      ...{ target, kind: "slack", end: "failed", endedAt, messageId: "m", at: endedAt, rounds: 1, requests: 3 },
      ...rest,
    });
  await record("mail", { kind: "sns", state: "told", requests: 1 });
  await time.passes(3600);
  vi.setSystemTime(time.now());
  return {
    record,
    ask: (words: string, options: { columns?: number } = {}) => {
      const { columns } = options;
      const terminal = columns === undefined ? {} : { terminal: { columns, rows: 40 } };
      return runInProcess(words.split(" "), { stage, loaded: { ...loaded, pipeline: stage.pipeline }, ...terminal });
    },
    [Symbol.asyncDispose]: () => time[Symbol.asyncDispose](),
  };
}

const AGAIN = "muster notifications 1.2.3_alice --send --to team-chat";

test("whom nobody could tell of a build's end is named by status, why, audit and doctor, with what tells them", async () => {
  await using world = await untoldBuild();
  await world.record("team-chat", { state: "failed", problem: "it answers 503" });

  const status = await world.ask("status");
  expect(status.stdout).toContain("\nteam-chat was not told of its end: it answers 503, asked 3 times\n");
  expect(status.stdout.trimEnd().endsWith(`\n  ${AGAIN}`)).toBe(true);
  const why = await world.ask("why MakeSource-1.2.3");
  expect(why.stdout).toContain("\nteam-chat was not told of its end: it answers 503, asked 3 times\n");
  expect(why.stdout.trimEnd().endsWith(`\n  ${AGAIN}`)).toBe(true);
  const audit = await world.ask("audit");
  expect(audit.stdout).toContain("1.2.3_alice has ended, and team-chat was not told: it answers 503, asked 3 times\n");
  expect(audit.stdout).toContain(AGAIN);
  expect(audit.exitCode).toBe(1);
  const doctor = await world.ask("doctor");
  expect(doctor.stdout).toContain("team-chat was not told of 1.2.3_alice: it answers 503, asked 3 times");
  expect(doctor).toMatchObject({ exitCode: 0 });

  const notTold = [{ target: "team-chat", kind: "slack", problem: "it answers 503, asked 3 times" }];
  expect(JSON.parse((await world.ask("status --json")).stdout)).toMatchObject({ notTold });
  expect(JSON.parse((await world.ask("why MakeSource-1.2.3 --json")).stdout)).toMatchObject({ notTold });
});

test("where all were told, or nobody says it, nothing is said of it; a function that never came is named", async () => {
  await using world = await untoldBuild();
  expect((await world.ask("status")).stdout).toContain(
    "team-chat was not told of its end: the function Notify has not come to it\n",
  );
  await world.record("team-chat", { state: "told" });
  for (const words of ["status", "why MakeSource-1.2.3", "audit"])
    expect((await world.ask(words)).stdout).not.toContain("not told");
  expect((await world.ask("doctor")).stdout).toContain("all were told who are to be told of 1.2.3_alice\n");
});
