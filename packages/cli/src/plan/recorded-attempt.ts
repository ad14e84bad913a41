import * as z from "zod";

/** What a plan reads of an attempt's record; the rest is provenance. */
const Statement = z.object({
  predicate: z.object({
    buildDefinition: z.object({ externalParameters: z.object({ activity: z.string(), debug: z.string() }) }),
    runDetails: z.object({
      metadata: z.object({ startedOn: z.iso.datetime(), finishedOn: z.iso.datetime() }),
      byproducts: z.array(z.looseObject({ name: z.string(), annotations: z.looseObject({}).optional() })),
    }),
  }),
});

/** An attempt that a worker has recorded. */
export interface RecordedAttempt {
  readonly activity: string;
  /** From when the worker took the task until it was done with it. */
  readonly seconds: number;
  /** Of a build that only plays: its script was the dummy. */
  readonly isPlayed: boolean;
}

/** A successful attempt by its record; undefined for one that failed or was cancelled, and for what is no record. */
export function readSuccess(text: string): RecordedAttempt | undefined {
  const statement = Statement.safeParse(parseJson(text));
  if (!statement.success) return undefined;
  const { buildDefinition, runDetails } = statement.data.predicate;
  const { activity, debug } = buildDefinition.externalParameters;
  const outcome = runDetails.byproducts.find(({ name }) => name === "outcome");
  if (outcome?.annotations?.result !== "success") return undefined;
  const { startedOn, finishedOn } = runDetails.metadata;
  const seconds = (Date.parse(finishedOn) - Date.parse(startedOn)) / 1000;
  return { activity, seconds, isPlayed: isPlayed(debug) };
}

/** Whether tasks of such a build run the dummy script. */
export const isPlayed = (debug: string): boolean => debug === "fake_ec2" || debug === "skip_ec2";

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
