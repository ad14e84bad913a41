import { type BucketUsage, createRateMeter } from "@muster/local";
import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type Pipeline,
} from "@muster/pipeline";
import { machineWorld } from "../machine-world.ts";
import { seeded } from "../world/seeded.ts";

/** A build of so many versions on so many platforms: two tasks of each version, and two of each of its platforms. */
export interface Matrix {
  readonly versions: number;
  readonly platforms: number;
}

export const tasksOf = ({ versions, platforms }: Matrix): number => versions * (2 + 2 * platforms);

export interface LargeBuild {
  readonly tasks: number;
  readonly status: string | undefined;
  readonly message: string | undefined;
  /** Of its own history. */
  readonly events: number;
  /** In virtual time. */
  readonly seconds: number;
  readonly machines: number;
  /** By service and operation, Muster's and its workers' alike. */
  readonly calls: ReadonlyMap<string, number>;
  /** How AWS's buckets were drawn on, the emptiest first. */
  readonly buckets: readonly BucketUsage[];
}

const step = (name: string, per: "version" | "platform") =>
  activity({ name, per, script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });

/** Two steps for each platform between two of the version's. */
export function largePipeline({ platforms }: Pick<Matrix, "platforms">): Pipeline {
  return definePipeline({
    name: "large",
    summary: "Builds of any size",
    platforms: fixedPlatforms(...Array.from({ length: platforms }, (_, index) => `debian-${index + 1}-x`)),
    flow: forEachVersion(
      step("Source", "version"),
      forEachPlatform(step("Package", "platform"), step("Test", "platform")),
      step("Publish", "version"),
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
}

/**
 * Runs a build in virtual time to its end, each task of which takes a minute to a quarter of an hour.
 * @param mostTasks of one history: with more, each platform has an execution of its own
 */
export async function runLargeBuild(matrix: Matrix, { mostTasks }: { mostTasks: number }): Promise<LargeBuild> {
  const calls = new Map<string, number>();
  const durations = seeded("scale");
  let meter: ReturnType<typeof createRateMeter> | undefined;
  const world = await machineWorld(largePipeline(matrix), {
    work: ({ name }) => ({ seconds: durations.of(name).integer(60, 900) }),
    mostTasks,
    events: true,
    onCall: (call) => {
      const name = `${call.service}.${call.operation}`;
      calls.set(name, (calls.get(name) ?? 0) + 1);
      meter?.note(call);
    },
  });
  calls.clear();
  // By hand: Node 22 does not know `await using`.
  try {
    meter = createRateMeter({ clock: world.clock });
    const versions = Array.from({ length: matrix.versions }, (_, index) => `1.${index}.0`);
    const { status, message, events, seconds } = await world.build(versions.join(" "));
    return {
      tasks: world.worked.length,
      status,
      message,
      events,
      seconds,
      machines: world.launched.length,
      calls: new Map(calls),
      buckets: meter.usage(),
    };
  } finally {
    await world[Symbol.asyncDispose]();
  }
}
