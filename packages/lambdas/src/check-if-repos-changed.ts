import { fixedState, mapState, mapStateOf, normalizeResults, type Pipeline, ResultsEvent } from "@muster/pipeline";
import { handler } from "./handler.ts";

/** Whether the build changed what users download, so that index pages and CDN must follow; never in a debug mode. */
export const checkIfReposChanged = handler(
  fixedState.checkIfReposChanged,
  { input: ResultsEvent },
  async ({ results, buildInput }, { pipeline }) =>
    buildInput.debug === "" && changedDownloads(normalizeResults(results), pipeline),
);

function changedDownloads(results: ReturnType<typeof normalizeResults>, { activities }: Pipeline): boolean {
  return Object.entries(results[mapState.version] ?? {}).some(([version, steps]) =>
    activities.some(({ name, changesDownloads = false }) => {
      const changes = typeof changesDownloads === "function" ? changesDownloads(version) : changesDownloads;
      return changes && succeeded(steps, name);
    }),
  );
}

/** The step itself, or any of its platforms. */
function succeeded(steps: unknown, name: string): boolean {
  if (typeof steps !== "object" || steps === null) return false;
  return Object.entries(steps).some(([step, result]: [string, unknown]) => {
    if (mapStateOf(step) !== undefined) return Object.values(result ?? {}).some((inner) => succeeded(inner, name));
    return step === name && typeof result === "object" && result !== null && "success" in result;
  });
}
