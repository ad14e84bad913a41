import { describe, expect, test } from "vitest";
import type { AttemptEnd } from "./attempt-end.ts";
import { endWords } from "./end-words.ts";
import { sentenceOf } from "./sentence.ts";
import type { Missed, Refusals, Situation, Wait } from "./situation.ts";

/** A sentence or more for each kind: a kind that has none does not compile. */
type Table<Union, Tag extends keyof Union> = {
  readonly [Kind in Union[Tag] & string]: readonly [
    readonly [Extract<Union, Record<Tag, Kind>> | (Union & Record<Tag, Kind>), string],
    ...(readonly [Extract<Union, Record<Tag, Kind>> | (Union & Record<Tag, Kind>), string])[],
  ];
};
const rows = <Value>(table: Readonly<Record<string, readonly (readonly [Value, string])[]>>) =>
  Object.values(table).flat();

const now = new Date("2026-11-24T12:30:00Z");
const at = (time: string): Date => new Date(`2026-11-24T${time}:00Z`);
const refusals: Refusals = {
  since: at("12:04"),
  requests: 3,
  codes: ["InsufficientInstanceCapacity"],
  instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"],
  zones: ["us-west-2a", "us-west-2b", "us-west-2c"],
  markets: ["spot"],
  message: "We currently do not have sufficient capacity",
};
const quota: Refusals = {
  ...refusals,
  requests: 1,
  codes: ["VcpuLimitExceeded"],
  instanceTypes: [],
  zones: [],
  markets: [],
  message: "You have requested more vCPU capacity than your current limit",
};
const lack = "for r6i.4xlarge/r6a.4xlarge (spot) in us-west-2a, us-west-2b and us-west-2c, asked 3 times";
const since = "since 12:04 UTC";

const waits: Table<Wait, "for"> = {
  decision: [[{ for: "decision" }, "waits for the build to decide whether it runs"]],
  "another look": [
    [
      { for: "another look", error: "Muster.Throttled, EC2 asks for patience" },
      "waits for the build to look at it again: Muster.Throttled, EC2 asks for patience",
    ],
  ],
  "steps before it": [
    [{ for: "steps before it", steps: [] }, "waits for the build to come to it"],
    [
      {
        for: "steps before it",
        steps: [
          { task: "Fetch-1.2.3", says: "running for 3:00 on i-1" },
          { task: "Compile-1.2.3", says: null },
        ],
      },
      "waits for Fetch-1.2.3 (running for 3:00 on i-1), and then for Compile-1.2.3",
    ],
    [
      { for: "steps before it", steps: [{ task: "Fetch-1.2.3", says: null }] },
      "waits for what comes before it: Fetch-1.2.3",
    ],
  ],
  "a person": [
    [{ for: "a person", command: "muster approve b", until: null }, `waits for a person ${since}`],
    [
      { for: "a person", command: "muster approve b", until: new Date("2026-11-27T12:04:00Z") },
      `waits for a person ${since}, until 2026-11-27 12:04 UTC at the longest`,
    ],
  ],
  "a test worker": [
    [{ for: "a test worker" }, `waits for a test worker ${since}: a build with --skip-ec2 launches none`],
  ],
  capacity: [[{ for: "capacity", refusals }, `waits for a worker ${since}: EC2 has no capacity ${lack}, ${since}`]],
  "a quota": [
    [
      { for: "a quota", refusals: quota },
      `waits for a worker ${since}: a quota of the account's allows no more (VcpuLimitExceeded: ${quota.message}), ${since}`,
    ],
  ],
  "EC2's patience": [
    [
      { for: "EC2's patience", refusals: { ...quota, codes: ["RequestLimitExceeded"], message: "" } },
      `waits for a worker ${since}: EC2 asks for patience (RequestLimitExceeded), ${since}`,
    ],
  ],
  "EC2 to allow it": [
    [
      { for: "EC2 to allow it", refusals: { ...quota, codes: ["UnauthorizedOperation"], message: "not you" } },
      `waits for a worker ${since}: EC2 refuses what the stage asks for (UnauthorizedOperation: not you), ${since}`,
    ],
  ],
  EC2: [
    [
      { for: "EC2", refusals: { ...refusals, requests: 1, codes: ["Odd"], markets: [] } },
      `waits for a worker ${since}: EC2 gives none for r6i.4xlarge/r6a.4xlarge in us-west-2a, us-west-2b and us-west-2c (Odd), ${since}`,
    ],
  ],
  "EC2's answer": [
    [
      { for: "EC2's answer", asked: at("12:29") },
      `waits for a worker ${since}: EC2 was asked at 12:29 UTC and has not answered; the same request is made again`,
    ],
  ],
  "a place": [
    [
      {
        for: "a place",
        limit: "Publish has as many workers as it may have",
        busy: [{ instance: "i-1", task: "Publish-1.2.2", seconds: 90 }],
      },
      `waits for a worker ${since}: Publish has as many workers as it may have; i-1 is at Publish-1.2.2 for 1:30`,
    ],
  ],
  "a machine that starts": [
    [
      { for: "a machine that starts", instances: ["i-1", "i-2"] },
      `waits for a worker ${since}: i-1 and i-2 never became ready; the next health check tries another`,
    ],
  ],
  "a booting worker": [
    [
      { for: "a booting worker", booting: [{ instance: "i-1", seconds: 41 }], refusals: null },
      "waits for its worker: i-1 has been booting for 41 s",
    ],
    [
      { for: "a booting worker", booting: [{ instance: "i-1", seconds: 41 }], refusals },
      `waits for its worker: i-1 has been booting for 41 s; before that EC2 had no capacity ${lack}, from 12:04 UTC on`,
    ],
  ],
  "a launched worker": [
    [
      { for: "a launched worker", instances: ["i-1"] },
      "waits for its worker: EC2 has launched i-1, and does not show it yet",
    ],
  ],
  "a busy worker": [
    [
      {
        for: "a busy worker",
        busy: [
          { instance: "i-1", task: "Make-1.2.2", seconds: 3700 },
          { instance: "i-2", task: null, seconds: null },
        ],
      },
      `waits for a worker ${since}: all are at other tasks; i-1 is at Make-1.2.2 for 1:01:40 and i-2 is at a task`,
    ],
  ],
  "an idle worker": [
    [{ for: "an idle worker", instances: ["i-1"] }, "waits to be taken by i-1, which is idle"],
    [{ for: "an idle worker", instances: ["i-1", "i-2"] }, "waits to be taken by i-1 and i-2, which are idle"],
  ],
  "a launch": [
    [
      { for: "a launch" },
      `waits for a worker ${since}: none is there or on its way; the next health check launches one`,
    ],
  ],
  "a worker": [
    [{ for: "a worker", why: null }, `waits for a worker ${since}`],
    [{ for: "a worker", why: "no capacity" }, `waits for a worker ${since}: no capacity`],
  ],
};

test.each(rows<Wait>(waits))("what it waits for: %j", (wait, words) => {
  expect(sentenceOf({ state: "waiting", since: at("12:04"), wait }, now)).toBe(words);
});

const line = "foo.cpp:12:3: error: no such thing";
const ends: Table<AttemptEnd, "how"> = {
  "script failed": [
    [{ how: "script failed", exit: 2, line }, "failed with exit code 2"],
    [{ how: "script failed", exit: null, line: null }, "failed"],
  ],
  "script killed": [
    [{ how: "script killed", by: "out of memory", line: null }, "failed: its script was killed (out of memory)"],
    [
      { how: "script killed", by: "killed by SIGSEGV, not by the agent", line: null },
      "failed: its script was killed (SIGSEGV, not by the agent)",
    ],
  ],
  "script timed out": [[{ how: "script timed out", line }, "was ended a minute before the step's timeout"]],
  "printed nothing": [
    [
      { how: "printed nothing", message: "printed nothing for 900 s", line },
      "was ended because it printed nothing for 900 s",
    ],
  ],
  "state timed out": [
    [{ how: "state timed out" }, "took longer than the step's timeout, and its worker did not say why"],
  ],
  "no heartbeat": [[{ how: "no heartbeat" }, "was not heard of any more"]],
  reclaimed: [[{ how: "reclaimed" }, "was reclaimed by EC2"]],
  terminated: [[{ how: "terminated" }, "was terminated by somebody"]],
  "machine failed": [[{ how: "machine failed" }, "was lost: its machine failed"]],
  "machine lost": [[{ how: "machine lost" }, "was lost with its machine"]],
  "agent died": [[{ how: "agent died" }, "was lost: the worker's agent died"]],
  "lease lost": [[{ how: "lease lost" }, "was ended because the step's lease could not be kept"]],
  interrupted: [[{ how: "interrupted", message: "SIGTERM" }, "was interrupted: SIGTERM"]],
  "given back": [
    [{ how: "given back", message: "it belongs to another" }, "was given back: it belongs to another"],
    [{ how: "given back", message: "" }, "was given back"],
  ],
  "no worker": [[{ how: "no worker", message: "i-1 never became ready" }, "found no worker: i-1 never became ready"]],
  misconfigured: [[{ how: "misconfigured", message: "no role" }, "cannot run as the stage is set up: no role"]],
  "init failed": [
    [{ how: "init failed", message: "init exited with 1", line }, "failed before its script ran: init exited with 1"],
  ],
  "no script": [[{ how: "no script", message: "404" }, "failed before its script ran: 404"]],
  "test build failed": [
    [
      { how: "test build failed", exit: 3, line: null },
      "failed with exit code 3 in a test build, which tries nothing twice",
    ],
  ],
  failed: [[{ how: "failed", error: "Own.Error, because", line: null }, "failed: Own.Error, because"]],
};

test.each(rows<AttemptEnd>(ends))("how an attempt ended: %j", (end, words) => {
  expect(endWords(end)).toBe(words);
});

const missed: Table<Missed, "by"> = {
  failure: [
    [{ by: "failure", tasks: ["Fetch-1.2.3"] }, "Fetch-1.2.3 failed before it"],
    [{ by: "failure", tasks: ["A", "B", "C", "D", "E"] }, "A, B, C and 2 more failed before it"],
  ],
  rejection: [
    [
      { by: "rejection", task: "Approve-1.2.3", said: "by alice: crashes" },
      "Approve-1.2.3 was rejected by alice: crashes",
    ],
  ],
  "no answer": [[{ by: "no answer", task: "Approve-1.2.3" }, "nobody answered Approve-1.2.3 in time"]],
  stop: [
    [{ by: "stop", who: "alice" }, "the build was stopped by alice"],
    [{ by: "stop", who: null }, "the build was stopped"],
  ],
  time: [[{ by: "time" }, "the build took longer than it may"]],
  end: [
    [
      { by: "end", error: "Muster.InvalidInput, no such step" },
      "the build had ended: Muster.InvalidInput, no such step",
    ],
  ],
};

test.each(rows<Missed>(missed))("why the build never came to it: %j", (why, words) => {
  expect(sentenceOf({ state: "not started", missed: why }, now)).toBe(`was not started: ${words}`);
});

const failedEnd = { how: "script failed", exit: 2, line } as const;
const situations: Table<Situation, "state"> = {
  succeeded: [
    [{ state: "succeeded", seconds: 583, instance: "i-1", attempts: 1, note: null }, "succeeded in 9:43 on i-1"],
    [
      { state: "succeeded", seconds: 4.2, instance: "i-3", attempts: 3, note: "12 packages" },
      "succeeded in 4.2 s on i-3, at the third attempt: 12 packages",
    ],
  ],
  approved: [
    [{ state: "approved", by: "alice", reason: null }, "was approved by alice"],
    [{ state: "approved", by: "alice", reason: "tested" }, "was approved by alice: tested"],
  ],
  skipped: [[{ state: "skipped", reason: "s3://b/k exists" }, "was skipped: s3://b/k exists"]],
  waiting: [
    [
      { state: "waiting", since: at("12:04"), wait: { for: "decision" } },
      "waits for the build to decide whether it runs",
    ],
  ],
  running: [
    [{ state: "running", seconds: 200, instance: "i-1", attempts: 1 }, "runs on i-1 for 3:20"],
    [{ state: "running", seconds: 200, instance: null, attempts: 2 }, "runs for 3:20, at the second attempt"],
  ],
  silent: [
    [
      { state: "silent", seconds: 1200, instance: "i-1", silentSeconds: 900, endsAt: at("13:04") },
      "runs on i-1 for 20:00, and has printed nothing for 15:00: if it stays so, it is ended at 13:04 UTC at the latest",
    ],
  ],
  queued: [
    [
      { state: "queued", instance: "i-1", seconds: 61, holder: "i-2" },
      "waits for its turn on i-1 for 1:01: one runs at a time, and i-2 is at it",
    ],
  ],
  orphaned: [
    [
      { state: "orphaned", instance: "i-1", end: { how: "reclaimed" } },
      "has lost i-1, which was reclaimed by EC2: another worker gets it",
    ],
  ],
  resting: [
    [
      { state: "resting", end: failedEnd, instance: "i-1", attempts: 1, until: at("12:31") },
      `is tried again at 12:31 UTC: it failed with exit code 2 on i-1: ${line}`,
    ],
    [
      { state: "resting", end: { how: "reclaimed" }, instance: "i-1", attempts: 2, until: at("12:29") },
      "is tried again now: i-1 was reclaimed by EC2, at the second attempt",
    ],
    [
      { state: "resting", end: { how: "no heartbeat" }, instance: null, attempts: 1, until: null },
      "is tried again soon: its worker was not heard of any more",
    ],
  ],
  failed: [
    [
      { state: "failed", end: failedEnd, instance: "i-2", seconds: 583, attempts: 2 },
      `failed with exit code 2 on i-2 after 9:43, at the second attempt: ${line}`,
    ],
    [
      { state: "failed", end: { how: "no worker", message: "none" }, instance: null, seconds: null, attempts: 1 },
      "failed: it found no worker: none",
    ],
    [
      { state: "failed", end: { how: "reclaimed" }, instance: "i-6", seconds: 720, attempts: 6 },
      "failed: i-6 was reclaimed by EC2 after 12:00, at the sixth attempt",
    ],
  ],
  unprepared: [
    [
      { state: "unprepared", error: "Muster.InvalidConfiguration, no template" },
      "failed before a worker was asked for it: Muster.InvalidConfiguration, no template",
    ],
  ],
  rejected: [[{ state: "rejected", said: "by alice: crashes" }, "was rejected by alice: crashes"]],
  unanswered: [[{ state: "unanswered" }, "failed because nobody answered in time"]],
  "cut off": [
    [
      { state: "cut off", was: "while it ran on i-1", missed: { by: "stop", who: "alice" } },
      "was cut off, while it ran on i-1: the build was stopped by alice",
    ],
  ],
  "not started": [
    [
      { state: "not started", missed: { by: "failure", tasks: ["Fetch-1.2.3"] } },
      "was not started: Fetch-1.2.3 failed before it",
    ],
  ],
  interrupted: [
    [
      { state: "interrupted", was: "while it ran on i-1" },
      "stands still, while it ran on i-1: no process moves the build",
    ],
  ],
};

describe("why a task is where it is", () => {
  test.each(rows<Situation>(situations))("%j", (situation, words) => {
    expect(sentenceOf(situation, now)).toBe(words);
  });
});
