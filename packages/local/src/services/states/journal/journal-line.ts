import { crc32 } from "node:zlib";
import { parseJson } from "../language/json-text.ts";

/** One record of a journal: a checksum and the record's JSON, on a line of its own. */
export function journalLine(json: string): string {
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

/** What reading a journal gave. */
export interface JournalContent {
  /** Records before the first damage. */
  readonly records: readonly unknown[];
  /** Bytes that hold them. */
  readonly soundBytes: number;
  /** Why reading stopped; undefined when the journal is whole. */
  readonly damage: JournalDamage | undefined;
}

export interface JournalDamage {
  /** A write that was cut short leaves a torn tail: a record without its end. Anything else is corruption. */
  readonly kind: "tornTail" | "corrupt";
  readonly reason: string;
}

const CHECKSUM_LENGTH = 9;
const NEWLINE = 0x0a;

/** Reads records until the first that is not whole. */
export function readJournal(bytes: Buffer): JournalContent {
  const records: unknown[] = [];
  let position = 0;
  while (position < bytes.length) {
    const end = bytes.indexOf(NEWLINE, position);
    const line = bytes.subarray(position, end === -1 ? bytes.length : end);
    const record = end === -1 ? undefined : parseLine(line);
    if (record === undefined) {
      const reason = `record ${records.length + 1} (byte ${position}) does not match its checksum`;
      return { records, soundBytes: position, damage: { kind: end === -1 ? "tornTail" : "corrupt", reason } };
    }
    records.push(record);
    position = end + 1;
  }
  return { records, soundBytes: position, damage: undefined };
}

function parseLine(line: Buffer): unknown {
  const json = line.subarray(CHECKSUM_LENGTH);
  const checksum = crc32(json).toString(16).padStart(8, "0");
  if (line.toString("latin1", 0, CHECKSUM_LENGTH) !== `${checksum} `) return undefined;
  try {
    return parseJson(json.toString());
  } catch {
    return undefined;
  }
}
