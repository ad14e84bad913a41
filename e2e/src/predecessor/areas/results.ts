import { type Failure, failureMessage, listFailures, normalizeResults, type Results } from "@muster/pipeline";
import { type Area, recordedCases } from "../difference.ts";
import type { HhvmWorld } from "../hhvm-world.ts";

interface Case {
  readonly results: unknown;
  readonly normalized: unknown;
  /** The whole message; null where no step has failed. */
  readonly failures: string | null;
}

const cases = recordedCases<Case>("results.json");

export const normalizedResults: Area<Case, unknown> = {
  cases,
  predecessor: ({ normalized }) => normalized,
  muster: ({ results }) => normalizeResults(results),
  differences: [],
};

const moreWith = "muster results";

/** The same failure, as Muster words it: what the cause says in JSON is read out. */
function reworded(step: string, { Error: error = "Unknown error", Cause = "" }: Failure) {
  if (Cause === "") return `${step} ${error}`;
  if (!Cause.startsWith("{")) return `${step} ${error}, ${Cause}`;
  const cause = JSON.parse(Cause) as { ec2?: string; time_sec?: string; errorMessage?: string };
  if (cause.errorMessage !== undefined) return `${step} ${error}, ${cause.errorMessage}`;
  return `${step} ${cause.ec2} ${error}, after ${cause.time_sec} s`;
}

/** How CheckForFailures fails the execution; undefined where it does not. */
type Report = { readonly error: string; readonly lines: readonly string[] } | undefined;

/** What a report says of each failed step. */
export const failureReports = (world: HhvmWorld): Area<Case, Report> => ({
  cases,
  predecessor: ({ failures }) => (failures === null ? undefined : { error: "Exception", lines: failures.split("\n") }),
  async muster({ normalized }) {
    try {
      await world.call("CheckForFailures", { results: normalized });
      return undefined;
    } catch (error) {
      const { name, message } = error as Error;
      return { error: name, lines: message.split("\n") };
    }
  },
  differences: [
    { row: "names of failures", turns: (report) => report && { ...report, error: "StepsFailed" } },
    {
      row: "failure lines",
      turns(report, { normalized }) {
        const [heading = "", ...lines] = report?.lines ?? [];
        const failed = listFailures(normalized as Results);
        const turned = failed.map(({ failure }, index) => {
          const { Cause = "" } = failure;
          const line = lines[index] ?? "";
          return line.endsWith(` ${Cause}`) ? reworded(line.slice(0, line.length - Cause.length - 1), failure) : line;
        });
        return report && { ...report, lines: [heading, ...turned, ...lines.slice(failed.length)] };
      },
    },
  ],
});

interface ManyCase {
  readonly versions: number;
  readonly failure: { readonly Error: string; readonly Cause: string };
  readonly message: { readonly characters: number; readonly lines: number };
}

/** A cause of an execution holds this many characters. */
const MAX_CAUSE = 32_768;

export const manyFailures: Area<ManyCase, { fits: boolean; counted: number }> = {
  cases: recordedCases<ManyCase>("many-failures.json"),
  predecessor: ({ message }) => ({ fits: message.characters <= MAX_CAUSE, counted: message.lines - 1 }),
  muster({ versions, failure }) {
    const failed = Array.from({ length: versions }, (_, index) => `4.28.${index}`).map((version) => ({
      per: "version" as const,
      version,
      step: "MakeSourceTarball",
      failure,
    }));
    const message = failureMessage(failed, { moreWith });
    const [, more = "0"] = /\n… and (\d+) more; see them with: /.exec(message) ?? [];
    const named = message.split("\n").filter((line) => line.startsWith("MakeSourceTarball ")).length;
    return { fits: message.length <= MAX_CAUSE, counted: named + Number(more) };
  },
  differences: [{ row: "long failure lists", turns: (answer) => ({ ...answer, fits: true }) }],
};
