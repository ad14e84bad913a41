import { MusterError } from "@muster/pipeline";
import type { StateRecords } from "@muster/records";
import type * as z from "zod";
import type { Log } from "../log.ts";

/** A record, or undefined where it cannot be read: one of another version of Muster must not keep everybody from launching. */
export async function readOrSkip<T>(
  key: string,
  schema: z.ZodType<T>,
  { records, log }: { records: StateRecords; log: Log },
): Promise<T | undefined> {
  try {
    return (await records.read(key, schema))?.value;
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    log.warn("record skipped", { key, reason: error.message });
    return undefined;
  }
}
