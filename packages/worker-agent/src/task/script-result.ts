import { readScriptFile, UnreadableFileError } from "../script/read-script-file.ts";

/** Results join the state of an execution, which holds 256 KiB for all tasks together. */
const MOST_BYTES = 2048;
const LONGEST_NOTE = 256;
/** Of more than this not even the note is looked for. */
const MOST_READ_BYTES = 2 ** 20;

/** What a script wrote to MUSTER_RESULT, or why it does not count. */
export interface ScriptResult {
  readonly members: Readonly<Record<string, unknown>>;
  readonly problem?: string;
}

/** Reads a script's own result: a JSON object of at most 2 KiB. Of a larger one the note is kept. */
export async function readScriptResult(file: string): Promise<ScriptResult> {
  let text: string | undefined;
  try {
    text = await readScriptFile(file, { mostBytes: MOST_READ_BYTES });
  } catch (error) {
    if (error instanceof UnreadableFileError) return { members: {}, problem: `MUSTER_RESULT: ${error.message}` };
    throw error;
  }
  if (text === undefined || text.trim() === "") return { members: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { members: {}, problem: "MUSTER_RESULT holds no JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { members: {}, problem: "MUSTER_RESULT holds no JSON object" };
  }
  const { note, ...rest } = value as Record<string, unknown>;
  const shown = note === undefined ? {} : { note: String(note).replaceAll(/\s+/g, " ").slice(0, LONGEST_NOTE) };
  if (Buffer.byteLength(text) > MOST_BYTES) {
    return { members: shown, problem: `MUSTER_RESULT holds more than ${MOST_BYTES} bytes: only its note is kept` };
  }
  return { members: { ...rest, ...shown } };
}
