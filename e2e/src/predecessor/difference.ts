import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** One way in which Muster answers otherwise than the predecessor. */
export interface Difference<Case, Answer> {
  /** The name of its row in the README's table. */
  readonly row: string;
  /**
   * The predecessor's answer, as the differences before have left it, with this one; as it came where the case has nothing to do with it.
   * Muster's answer is for differences that leave something open.
   */
  readonly turns: (answer: Answer, recorded: Case, muster: Answer) => Answer;
}

/** Something that both can be asked. */
export interface Area<Case = unknown, Answer = unknown> {
  readonly cases: readonly Case[];
  readonly predecessor: (recorded: Case) => Answer;
  readonly muster: (recorded: Case) => Promise<Answer> | Answer;
  /** In the order in which they are applied. */
  readonly differences: readonly Difference<Case, Answer>[];
}

/** What came of one case: both answers, and the rows of the table that lead from one to the other. */
export interface Compared {
  readonly recorded: unknown;
  /** The predecessor's answer, with every difference that concerns the case. */
  readonly expected: unknown;
  readonly answered: unknown;
  readonly rows: readonly string[];
}

/** Asks Muster all that the predecessor was asked. */
export async function compareAll<Case, Answer>(area: Area<Case, Answer>): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const recorded of area.cases) compared.push(await compare(area, recorded));
  return compared;
}

async function compare<Case, Answer>(area: Area<Case, Answer>, recorded: Case): Promise<Compared> {
  const answered = await area.muster(recorded);
  let expected = area.predecessor(recorded);
  const rows: string[] = [];
  for (const { row, turns } of area.differences) {
    const turned = turns(expected, recorded, answered);
    if (!isDeepStrictEqual(turned, expected)) rows.push(row);
    expected = turned;
  }
  return { recorded, expected, answered, rows };
}

/** The recorded cases of one file. */
export function recordedCases<Case>(name: string): readonly Case[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "golden", name), "utf8")) as Case[];
}
