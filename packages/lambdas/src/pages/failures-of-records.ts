import type { S3Client } from "@aws-sdk/client-s3";
import { type BuildHistory, describeStep, isVerdict, type PageFailure, type Step, shownText } from "@muster/history";
import { parseLogMarker } from "@muster/pipeline";
import { readLastLines } from "@muster/records";

/** Of how many failures the last lines are read, and how many of each: nobody reads on. */
const MOST_LOGS = 10;
const LAST_LINES = 10;

interface Source {
  readonly s3: S3Client;
  /** The state bucket. */
  readonly bucket: string;
  /** Name of the stage, for the commands that are shown; "local" is this machine. */
  readonly stage: string;
}

/** The steps of a build that failed, each with the last words of its last attempt as its record has them: a build's log may be gone before its page is read. */
export async function failuresOfRecords(build: BuildHistory, name: string, source: Source): Promise<PageFailure[]> {
  const failed = build.steps.filter((step) => step.state === "failed" && !isVerdict(step));
  return Promise.all(
    failed.map(async (step, index): Promise<PageFailure> => {
      const number = step.attempts.findLastIndex(({ instance }) => instance !== undefined) + 1;
      const instance = step.attempts[number - 1]?.instance;
      return {
        task: step.key,
        line: describeStep(step, step.endedAt ?? step.enteredAt).words,
        lastLines: index < MOST_LOGS && instance !== undefined ? await linesOf(step, { name, instance, source }) : [],
        ...(instance !== undefined && { command: commandOf(step, number, source) }),
      };
    }),
  );
}

async function linesOf(
  { key }: Step,
  { name, instance, source: { s3, bucket } }: { name: string; instance: string; source: Source },
): Promise<readonly string[]> {
  const lines = await readLastLines(s3, bucket, { build: name, task: key, instance }).catch((error: unknown) => [
    `its record cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  ]);
  return (lines ?? [])
    .filter((line) => parseLogMarker(line) === undefined)
    .slice(-LAST_LINES)
    .map((line) => shownText(line, { colours: false }));
}

function commandOf({ key }: Step, attempt: number, { stage }: Source): string {
  const words = ["muster", "logs", key];
  if (attempt > 1) words.push("--attempt", String(attempt));
  if (stage !== "local") words.push("--stage", stage);
  return words.join(" ");
}
