import { expect, test } from "vitest";
import { localState } from "../testing/local-state.ts";
import { findAttemptRecord, type RecordedAttempt, readLastLines } from "./attempt-records.ts";
import { stateKey } from "./state-key.ts";

const ATTEMPT: RecordedAttempt = { build: "1.2.3_alice", task: "MakeSource-1.2.3", instance: "i-1" };
const keyAt = (hour: string) => stateKey.attempt(ATTEMPT.build, ATTEMPT.task, "i-1", `2026-11-24T${hour}:00:00.000Z`);
const logOf = (key: string) => key.replace(/json$/, "log.gz");
const recoveredLogOf = (key: string) => key.replace(/json$/, "recovered.log.gz");
const formerly = (key: string) => key.replace("attempts/MakeSource/", "attempts/");

test.each([
  { kind: "the latter of two", there: [keyAt("09"), keyAt("10")], record: keyAt("10") },
  { kind: "one of before keys held the activity", there: [formerly(keyAt("09"))], record: formerly(keyAt("09")) },
  { kind: "the new one beside it", there: [keyAt("09"), formerly(keyAt("08"))], record: keyAt("09") },
  { kind: "no other machine's", there: [keyAt("09").replace("i-1.", "i-11.")], record: undefined },
  { kind: "a log", there: [logOf(keyAt("09"))], log: logOf(keyAt("09")) },
  { kind: "what a restarted agent kept of it", there: [recoveredLogOf(keyAt("09"))], log: recoveredLogOf(keyAt("09")) },
  {
    kind: "the whole log where there are both",
    there: [recoveredLogOf(keyAt("09")), logOf(keyAt("09")), logOf(keyAt("08"))],
    log: logOf(keyAt("09")),
  },
  {
    kind: "the later attempt's, though the earlier one's is whole",
    there: [logOf(keyAt("08")), recoveredLogOf(keyAt("09"))],
    log: recoveredLogOf(keyAt("09")),
  },
])("of what attempts left is found: $kind", async ({ there, record, log }) => {
  await using state = await localState();
  for (const key of there) await state.records.write(key, {});
  const find = (part: "record" | "log") => findAttemptRecord(state.s3, "state", { ...ATTEMPT, part });
  expect(await Promise.all([find("record"), find("log")])).toEqual([record, log]);
});

test("where there is no bucket yet, there is no record", async () => {
  await using state = await localState();
  expect(await readLastLines(state.s3, "another", ATTEMPT)).toBeUndefined();
});
