import { KnownPlatforms } from "@muster/pipeline";
import { type Area, type Difference, recordedCases } from "../difference.ts";
import type { HhvmWorld } from "../hhvm-world.ts";

interface Case {
  /** CURRENT_TARGETS. */
  readonly list: string;
  /** What the build names. */
  readonly platforms: readonly string[];
  readonly answer: readonly string[];
}

type Answer = readonly string[] | { readonly refused: string };

const isRefused = (answer: Answer): answer is { refused: string } => "refused" in answer;

const listed = (list: string): string[] =>
  list.split("\n").flatMap((line) => /^\s*([^#\s]+)\s*(?:#.*)?$/.exec(line)?.[1] ?? []);

const asNamed = (found: readonly string[], { platforms }: Case) =>
  found.filter((platform) => platforms.length === 0 || platforms.includes(platform));

const refuses = (row: string, why: (recorded: Case) => string | undefined): Difference<Case, Answer> => ({
  row,
  turns(answer, recorded) {
    const refused = isRefused(answer) ? undefined : why(recorded);
    return refused === undefined ? answer : { refused };
  },
});

/** GetPlatformsForVersion: those that the build makes. */
export const platforms = (world: HhvmWorld): Area<Case, Answer> => ({
  cases: recordedCases<Case>("platforms.json"),
  predecessor: ({ answer }) => answer,
  async muster({ list, platforms }) {
    await world.holds({ targets: { "4.28.2": list } });
    const buildInput = { versions: ["4.28.2"], platforms, activities: [], debug: "" };
    try {
      const found = await world.call("GetPlatformsForVersion", { version: "4.28.2", buildInput, answer: "both" });
      return KnownPlatforms.parse(found).ofBuild;
    } catch (error) {
      return { refused: (error as Error).message.replace(/ \(.*\)$/, "") };
    }
  },
  differences: [
    {
      row: "comments in lists",
      turns: (answer, recorded) => (isRefused(answer) ? answer : asNamed(listed(recorded.list), recorded)),
    },
    refuses("empty lists", ({ list }) =>
      listed(list).length === 0 ? "the list of platforms of 4.28.2 at s3://assets/targets/4.28.2 is empty" : undefined,
    ),
    refuses("platforms that no version has", ({ list, platforms: named }) => {
      const unknown = named.find((platform) => !listed(list).includes(platform));
      return unknown && `4.28.2 does not have the platform ${unknown}`;
    }),
  ],
});
