import {
  activity,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type TaskInput,
} from "@muster/pipeline";
import { machineWorld } from "@muster/simulation";

/**
 * How near a build of a thousand tasks comes to the 25,000 events of an execution: on a quiet day, and on one when every task loses its machine
 * once or twice, or as often as the arguments say. The machine and the functions are the real ones, in virtual time.
 */
const VERSIONS = 20;
const PLATFORMS = 48;
const LIMIT = 25_000;

const step = (name: string, per: "version" | "platform") =>
  // Played workers send no heartbeats.
  activity({
    name,
    per,
    script: "make.sh",
    timeout: hours(24),
    heartbeat: hours(23),
    worker: { instanceTypes: ["t3.micro"] },
  });
const pipeline = definePipeline({
  name: "thousand",
  summary: "A thousand tasks",
  platforms: fixedPlatforms(...Array.from({ length: PLATFORMS }, (_, index) => `debian-${index + 1}-x`)),
  flow: forEachVersion(
    step("Source", "version"),
    forEachPlatform(step("Package", "platform")),
    step("Publish", "version"),
  ),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});
const versions = Array.from({ length: VERSIONS }, (_, index) => `1.${index}.0`).join(" ");

const WIDTHS = [13, 7, 7, 8, 8, 11];
const row = (cells: readonly unknown[]) =>
  cells.map((cell, index) => String(cell).padStart(WIDTHS[index] ?? 0)).join("");

/** A build that takes a day, whatever is lost on the way. */
async function measure(interruptions: number): Promise<readonly unknown[]> {
  const seconds = ({ activity }: TaskInput) => (activity === "Package" ? 22 : 0.5) * (3600 / (interruptions + 1));
  const world = await machineWorld(pipeline, {
    work: (task, attempt) => ({
      seconds: seconds(task),
      ...(attempt <= interruptions && { error: "Muster.WorkerInterrupted" }),
    }),
  });
  try {
    const { status, error, message, states, ...build } = await world.build(versions);
    if (status !== "SUCCEEDED")
      throw new Error(`${status} ${error ?? ""} ${message ?? ""} after ${build.events} events`);
    const tasks = new Set(world.worked.map(({ task }) => task)).size;
    const checks = states.filter((name) => name === "HealthCheck").length;
    const share = `${((build.events / LIMIT) * 100).toFixed(1)} %`;
    return [interruptions, tasks, (build.seconds / 3600).toFixed(1), checks, build.events, share];
  } finally {
    await world[Symbol.asyncDispose]();
  }
}

console.log(row(["interruptions", "tasks", "hours", "checks", "events", "of 25,000"]));
const asked = process.argv.slice(2).map(Number);
for (const interruptions of asked.length > 0 ? asked : [0, 1, 2]) console.log(row(await measure(interruptions)));
