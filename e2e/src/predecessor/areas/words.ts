import { type BuildInput, InvalidInputError, parseBuildInput } from "@muster/pipeline";
import hhvm from "@muster/pipeline-hhvm";
import { type Area, type Difference, recordedCases } from "../difference.ts";

type Understood = Pick<BuildInput, "versions" | "platforms" | "activities" | "debug">;
type Recorded = Understood | { readonly error: string };

interface Case {
  readonly input: unknown;
  readonly answer?: Understood;
  readonly error?: string;
  /** What was answered to the same words where they are parted by spaces. */
  readonly spaced?: Recorded;
  /** … where its own spelling of the modes is used. */
  readonly spelled?: Recorded;
  /** … where maps are in JavaScript's order. */
  readonly ordered?: Recorded;
}

/** `at`: which of the words is refused, where it is one of them. */
type Answer = { readonly understood: BuildInput } | { readonly refused: string; readonly at?: number };

const TODAY = new Date("2026-11-24T12:00:00Z");

function muster({ input }: Case): Answer {
  try {
    return { understood: parseBuildInput(input, hhvm, { today: TODAY }) };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const [, quoted, bare] = /^(?:"(.*)"|(\S+)) is not a (?!valid test)/.exec(error.message) ?? [];
    const word = quoted ?? bare;
    return word === undefined ? { refused: error.message } : { refused: word, at: wordsIn(input).indexOf(word) };
  }
}

const answerOf = (recorded: Recorded): Answer =>
  "error" in recorded ? { refused: recorded.error } : { understood: recorded };

function wordsIn(input: unknown): string[] {
  if (typeof input === "string") return input.split(/\s+/).filter((word) => word !== "");
  if (Array.isArray(input)) return input.flatMap(wordsIn);
  if (typeof input === "object") return Object.values(input ?? {}).flatMap(wordsIn);
  return [JSON.stringify(input)];
}

const STEPS = hhvm.activities.map(({ name }) => name);
const MODES = /^(?:--)?(?:(skip|fake)[_-]ec2|(test)(?:[_-]build)?)$/;
const FLAGS = { keepFailed: /^(--)?keep[_-]failed$/, allowOverlap: /^(--)?allow[_-]overlap$/ };
const MACOS = /^(macos-(high_sierra|mojave|catalina)|BuildAndPublishMacOS)$/;

const modeOf = (word: string): string | undefined => {
  const [, ec2, test] = MODES.exec(word) ?? [];
  return test === undefined ? ec2 && `${ec2}_ec2` : "test_build";
};
const isNoDate = (word: string) => /^\d{4}\.\d{2}\.\d{2}$/.test(word) && !isDate(word.replaceAll(".", "-"));
const isDate = (text: string) => {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

/** Why Muster refuses a word: one of the rows, or none. */
function refusal(word: string): string | undefined {
  if (MACOS.test(word)) return "macOS";
  if (isNoDate(word)) return "calendar dates";
  const known =
    STEPS.includes(word) ||
    MODES.test(word) ||
    Object.values(FLAGS).some((flag) => flag.test(word)) ||
    /^\d+\.\d+\.\d+$/.test(word) ||
    /^(debian|ubuntu)-[\d.]+-[a-z]+$/.test(word);
  return known ? undefined : "unknown words";
}

/** The first word that is refused is the one that is named. */
const refuses = (row: string): Difference<Case, Answer> => ({
  row,
  turns(answer, { input }) {
    const words = wordsIn(input);
    const at = words.findIndex((word) => refusal(word) !== undefined);
    const word = words[at];
    return word === undefined || refusal(word) !== row ? answer : { refused: word, at };
  },
});

/** Turns what was understood. */
const changes = (row: string, change: (input: BuildInput, words: readonly string[]) => BuildInput) => ({
  row,
  turns: (answer: Answer, { input }: Case): Answer =>
    "understood" in answer ? { understood: change(answer.understood, wordsIn(input)) } : answer,
});

/** Muster understands what the predecessor would, had it been told otherwise. */
const asIf = (row: string, told: "spaced" | "spelled" | "ordered"): Difference<Case, Answer> => ({
  row,
  turns: (answer, { [told]: recorded }) => (recorded === undefined ? answer : answerOf(recorded)),
});

export const words: Area<Case, Answer> = {
  cases: recordedCases<Case>("words.json"),
  predecessor: ({ answer, error = "" }) => (answer === undefined ? { refused: error } : { understood: answer }),
  muster,
  differences: [
    asIf("numbered keys", "ordered"),
    asIf("white space", "spaced"),
    asIf("options", "spelled"),
    changes("options", (understood, given) => ({
      ...understood,
      ...Object.fromEntries(
        Object.entries(FLAGS).flatMap(([flag, spelling]) =>
          given.some((word) => spelling.test(word)) ? [[flag, true]] : [],
        ),
      ),
    })),
    changes("macOS", (understood, given) =>
      given.includes("BuildAndPublishMacOS")
        ? understood
        : { ...understood, activities: understood.activities.filter((name) => !MACOS.test(name)) },
    ),
    changes("duplicates", ({ versions, platforms, activities, ...rest }) => ({
      versions: [...new Set(versions)],
      platforms: [...new Set(platforms)],
      activities: [...new Set(activities)],
      ...rest,
    })),
    {
      row: "combined modes",
      turns(answer, { input }) {
        const modes = new Set(wordsIn(input).flatMap((word) => modeOf(word) ?? []));
        return modes.size < 2 ? answer : { refused: `${[...modes].join(" and ")} exclude each other` };
      },
    },
    refuses("calendar dates"),
    refuses("macOS"),
    refuses("unknown words"),
  ],
};
