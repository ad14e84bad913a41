import type { BuildInput } from "@muster/pipeline";
import { type Area, recordedCases } from "../difference.ts";
import type { HhvmWorld } from "../hhvm-world.ts";

interface Case {
  readonly buildInput: BuildInput;
  readonly results: unknown;
  readonly answer: boolean;
  /** What was answered without the results of its step for macOS. */
  readonly linux?: boolean;
  /** … where the version that is no date is a release instead. */
  readonly release?: boolean;
}

/** CheckIfReposChanged: whether index pages and CDN must follow. */
export const repositoriesChanged = (world: HhvmWorld): Area<Case, boolean> => ({
  cases: recordedCases<Case>("repositories-changed.json"),
  predecessor: ({ answer }) => answer,
  muster: ({ buildInput, results }) => world.call("CheckIfReposChanged", { buildInput, results }) as Promise<boolean>,
  differences: [
    { row: "macOS", turns: (answer, { linux }) => linux ?? answer },
    { row: "calendar dates", turns: (answer, { release }) => release ?? answer },
  ],
});
