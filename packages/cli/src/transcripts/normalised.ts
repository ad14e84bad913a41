import { listBuilds } from "../history/find-build.ts";
import { loadBuild } from "../history/load-build.ts";
import type { Stage } from "../stages/stage.ts";
import { programVersion } from "../version.ts";

/** The machines that builds had, in an order that does not depend on which of two that EC2 launched at once it named first: by task, and attempt. */
export async function machinesOf(stage: Stage): Promise<string[]> {
  const builds = (await listBuilds(stage)).toReversed();
  const steps = (await Promise.all(builds.map(({ executionArn }) => loadBuild(stage, executionArn)))).flatMap((build) =>
    build.steps.toSorted((one, other) => one.key.localeCompare(other.key)),
  );
  return steps.flatMap(({ attempts }) => attempts.flatMap(({ instance }) => instance ?? []));
}

/**
 * What differs from one run to the next is named by rule: machines have numbers, those that took no task in the order in which they are told of; where
 * several are listed in a table, they stand in that order; folders have one name.
 */
export function normalised(
  text: string,
  { folder, machines }: { folder: string; machines: readonly string[] },
): string {
  const told = Array.from(text.matchAll(/\bi-[0-9a-f]{17}\b/g), ([id]) => id);
  const names = [...new Set([...machines, ...told])];
  const nameOf = (id: string) => `i-${String(names.indexOf(id) + 1).padStart(17, "0")}`;
  return text
    .replaceAll(`${programVersion()}, with Node ${process.version}`, "1.0.0, with Node v24.0.0")
    .replaceAll(folder, "/home/alice/hello")
    .replaceAll(/\bi-[0-9a-f]{17}\b/g, nameOf)
    .replaceAll(/(?:^ {2}i-\d{17} .*\n(?: {4}.*\n)?)+/gm, (rows) =>
      rows
        .split(/^(?= {2}i-)/m)
        .sort()
        .join(""),
    );
}
