import { fixedState, NormalizeResultsEvent, normalizeResults } from "@muster/pipeline";
import { handler } from "./handler.ts";

/** One result a step, keyed by version and platform. */
export const normalizeResultsOfBuild = handler(
  fixedState.normalizeResults,
  { input: NormalizeResultsEvent },
  async ({ results }) => normalizeResults(results),
);
