import { planBuild } from "@muster/lambdas";
import type { BuildInput } from "@muster/pipeline";
import { type Area, recordedCases } from "../difference.ts";
import { type HhvmWorld, NOW } from "../hhvm-world.ts";

interface Case {
  readonly activity: string;
  readonly version: string;
  readonly platform?: string;
  /** What the build names. */
  readonly platforms?: readonly string[];
  /** What its own BuildStatus calls the objects that are there. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly objects: readonly string[];
  readonly answer: boolean;
}

const TARGETS = "debian-10-buster\nubuntu-18.04-bionic\n";

/** Whether a step runs, by which objects there are. */
export const shouldRun = (world: HhvmWorld): Area<Case, boolean> => ({
  cases: recordedCases<Case>("should-run.json"),
  predecessor: ({ answer }) => answer,
  async muster({ activity, version, platform, platforms = [], objects }) {
    await world.holds({ objects, targets: { [version]: TARGETS } });
    const build: BuildInput = { versions: [version], platforms: [...platforms], activities: [activity], debug: "" };
    const { tasks } = await planBuild(build, { ...world, now: () => NOW });
    const step = tasks
      .map((each) => each.step)
      .find((each) => each.activity === activity && (each.per !== "platform" || each.platform === platform));
    if (step?.run == null) throw new Error(`the plan of ${version} has no ${activity}`);
    return step.run;
  },
  differences: [],
});
