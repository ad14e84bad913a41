import type { SFNClient } from "@aws-sdk/client-sfn";
import { executionHistory, PAGE } from "./execution-history.ts";
import { platformsOf } from "./running-builds.ts";
import { type BuildProgress, tasksOfHistory } from "./tasks-of-history.ts";

/** Histories read at once: pages of them stay within the 20 a second that the API allows. */
const AT_ONCE = 3;

/** What a look at a build cost. */
interface Read {
  /** Of histories: so many calls. */
  readonly pages: number;
}

/**
 * A build with the tasks of its own history and, of a large build, of the platforms that have executions of their own and
 * still run. `events` are those of its own history.
 */
export async function progressOfBuild(sfn: SFNClient, executionArn: string): Promise<BuildProgress & Read> {
  const build = await tasksOfHistory(executionHistory(sfn, executionArn));
  let pages = Math.ceil(build.events / PAGE);
  if (build.openMapRuns.length === 0) return { ...build, pages };
  const platforms = platformsOf(sfn, build.openMapRuns, { statusFilter: "RUNNING" });
  const tasks = [...build.tasks];
  const reader = async () => {
    for await (const platform of platforms) {
      pages += 1;
      tasks.push(...(await tasksOfHistory(executionHistory(sfn, platform))).tasks);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return { ...build, tasks, pages };
}
