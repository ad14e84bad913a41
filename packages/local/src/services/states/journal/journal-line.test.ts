import { expect, test } from "vitest";
import { journalLine, readJournal } from "./journal-line.ts";

const records = [{ a: 1 }, ["ümläut\n€"], "three"];
const lines = records.map((record) => journalLine(JSON.stringify(record)));
const whole = Buffer.from(lines.join(""));

test("what was written is read, and nothing else", () => {
  expect(readJournal(whole)).toEqual({ records, soundBytes: whole.length, damage: undefined });
  expect(readJournal(Buffer.alloc(0))).toEqual({ records: [], soundBytes: 0, damage: undefined });
});

test("cut anywhere, a journal keeps its whole records and has a torn tail", () => {
  for (let length = 1; length < whole.length; length++) {
    const { records: read, soundBytes, damage } = readJournal(whole.subarray(0, length));
    expect(records.slice(0, read.length)).toEqual(read);
    expect(soundBytes).toBe(Buffer.byteLength(lines.slice(0, read.length).join("")));
    expect(damage?.kind).toBe(soundBytes === length ? undefined : "tornTail");
  }
});

test("no changed byte goes unnoticed, and only a lost end looks like a torn tail", () => {
  for (let position = 0; position < whole.length; position++) {
    const changed = Buffer.from(whole);
    changed[position] = (changed[position] ?? 0) ^ 1;
    const { damage } = readJournal(changed);
    if (position === whole.length - 1) expect(damage?.kind).toBe("tornTail");
    else expect(damage).toMatchObject({ kind: "corrupt", reason: expect.stringMatching(/record \d \(byte \d+\)/) });
  }
});
