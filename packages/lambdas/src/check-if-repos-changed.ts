import {
  type Activity,
  listSteps,
  normalizeResults,
  type Pipeline,
  type Place,
  type Results,
  ResultsEvent,
  unreachable,
} from "@muster/pipeline";
import { handler } from "./handler.ts";

/** Whether the build changed what users download, so that index pages and CDN must follow; never in a debug mode. */
export const checkIfReposChanged = handler(
  "CheckIfReposChanged",
  { input: ResultsEvent },
  async ({ results, buildInput }, { pipeline }) =>
    buildInput.debug === "" && changedDownloads(normalizeResults(results), pipeline),
);

function changedDownloads(results: Results, { activities }: Pipeline): boolean {
  return listSteps(results).some(({ step, result, ...place }) => {
    const activity = activities.find(({ name }) => name === step);
    return activity !== undefined && "success" in result && changesDownloadsAt(place, activity);
  });
}

function changesDownloadsAt(place: Place, { changesDownloads = false }: Activity): boolean {
  if (typeof changesDownloads === "boolean") return changesDownloads;
  switch (place.per) {
    case "build":
      return false;
    case "version":
    case "platform":
      return changesDownloads(place.version);
    default:
      return unreachable(place);
  }
}
