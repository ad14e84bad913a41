import type { Random } from "../../random.ts";

/** As long as AWS's. */
const LENGTH = 32;
const SEQUENCE_DIGITS = 6;

/** An id that nobody needs to read, and that tells the place of its version among the others even after that is gone. */
export function newVersionId(sequence: number, random: Random): string {
  return `${sequence.toString(36).padStart(SEQUENCE_DIGITS, "0")}${random.hex(LENGTH - SEQUENCE_DIGITS)}`;
}

/** The sequence in an id; undefined for ids that are not of this form, `null` among them. */
export function sequenceIn(versionId: string): number | undefined {
  if (versionId.length !== LENGTH || !/^[0-9a-z]+$/.test(versionId)) return undefined;
  return Number.parseInt(versionId.slice(0, SEQUENCE_DIGITS), 36);
}
