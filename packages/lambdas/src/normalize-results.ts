import { NormalizeResultsEvent, normalizeResults } from "@muster/pipeline";
import { handler } from "./handler.ts";

/** One result a step, keyed by version and platform. */
export const normalizeResultsOfBuild = handler(
  "NormalizeResults",
  { input: NormalizeResultsEvent },
  async ({ results }) => normalizeResults(results),
);
