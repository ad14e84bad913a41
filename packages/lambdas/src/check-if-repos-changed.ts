import {
  type Activity,
  type BuildInput,
  fixedState,
  listSteps,
  normalizeResults,
  type Pipeline,
  type Place,
  type Results,
  ResultsEvent,
  roleOfState,
  unreachable,
  type Version,
} from "@muster/pipeline";
import { handler } from "./handler.ts";

/** Whether the build changed what users download, so that index pages and CDN must follow; never in a debug mode. */
export const checkIfReposChanged = handler(
  fixedState.checkIfReposChanged,
  { input: ResultsEvent },
  async ({ results, buildInput }, { pipeline }) =>
    buildInput.debug === "" &&
    (isPublicationRetried(buildInput) ||
      isTakenBack(buildInput, results) ||
      changedDownloads(normalizeResults(results), { pipeline, versions: buildInput.versions })),
);

/** Whatever a withdrawal takes, users had it. */
const isTakenBack = ({ withdraw }: BuildInput, results: unknown): boolean =>
  withdraw !== undefined && listSteps(normalizeResults(results)).some(({ result }) => "success" in result);

/** What changed in the build before has not come through to users. */
const isPublicationRetried = ({ retry }: BuildInput): boolean =>
  retry?.again.some((step) => roleOfState(step) === "publication") ?? false;

function changedDownloads(
  results: Results,
  { pipeline: { activities }, versions }: { pipeline: Pipeline; versions: readonly Version[] },
): boolean {
  return listSteps(results).some(({ step, result, ...place }) => {
    const activity = activities.find(({ name }) => name === step);
    return activity !== undefined && "success" in result && changesDownloadsAt(place, activity, versions);
  });
}

function changesDownloadsAt(
  place: Place,
  { changesDownloads = false }: Activity,
  versions: readonly Version[],
): boolean {
  if (typeof changesDownloads === "boolean") return changesDownloads;
  switch (place.per) {
    case "build":
      return versions.some(changesDownloads);
    case "version":
    case "platform":
      return changesDownloads(place.version);
    default:
      return unreachable(place);
  }
}
