import { fixedState, NormalizeResultsEvent, normalizeResults } from "@muster/pipeline";
import { collectMapRun } from "./builds/collect-map-run.ts";
import { handler } from "./handler.ts";

/** Of the 256 KiB that a state's data holds, what all versions' platforms may take together. */
const COLLECTED_BYTES = 160 * 1024;

/** One result a step, keyed by version and platform; of a Map Run, keyed by platform, what a build goes by. */
export const normalizeResultsOfBuild = handler(
  fixedState.normalizeResults,
  { input: NormalizeResultsEvent, uses: ["s3"] },
  async (event, { clients }) => {
    if (!("mapRun" in event)) return normalizeResults(event.results);
    const { mapRun, buildInput } = event;
    return await collectMapRun(clients.s3, mapRun, { bytes: COLLECTED_BYTES / buildInput.versions.length });
  },
);
