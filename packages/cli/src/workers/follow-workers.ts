import { formatDuration } from "@muster/history";
import type { WorkerJson } from "./list-workers.ts";

/** What has become of machines between two looks, a line for each. Undefined before the first look, which tells of all. */
export function workerNews(before: readonly WorkerJson[] | undefined, now: readonly WorkerJson[]): string[] {
  const known = new Map((before ?? []).map((worker) => [worker.instance, worker]));
  const here = new Set(now.map(({ instance }) => instance));
  const gone = (before ?? []).filter(({ instance }) => !here.has(instance));
  return [
    ...now.filter((worker) => words(known.get(worker.instance)) !== words(worker)).map((worker) => words(worker)),
    ...gone.map(({ instance, ageSeconds }) => `${instance} ended after ${formatDuration(ageSeconds * 1000)}`),
  ];
}

function words(worker: WorkerJson): string;
function words(worker: WorkerJson | undefined): string | undefined;
function words(worker: WorkerJson | undefined): string | undefined {
  return worker && `${worker.instance} ${worker.state} ${worker.task ?? worker.step}`;
}
