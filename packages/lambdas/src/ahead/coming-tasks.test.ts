import {
  activity,
  approval,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  type Pipeline,
  parallel,
  scratch,
  sequence,
  taskName,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { durationsOf } from "../durations/read-durations.ts";
import { planNodes, type TaskNode } from "../planning/plan-nodes.ts";
import { comingTasks } from "./coming-tasks.ts";

const now = new Date("2026-01-01T12:00:00Z");
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

const step = (name: string, per: "version" | "platform", more: object = {}) =>
  activity({
    name,
    per,
    script: "step.sh",
    timeout: hours(4),
    worker: { instanceTypes: ["t3.micro"] },
    produces: () => [scratch(name)],
    ...more,
  } as never);
const Source = step("Source", "version");
const Compile = step("Compile", "platform", { estimatedDuration: 600 });
const Publish = step("Publish", "version");
const Announce = step("Announce", "version", { runsWhen: "predecessors-succeeded" });
const Images = step("Images", "version");

const pipelineOf = (flow: Pipeline["flow"]): Pipeline =>
  definePipeline({
    name: "example",
    summary: "",
    platforms: fixedPlatforms("debian-1-x", "debian-2-y"),
    flow,
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
const usual = pipelineOf(
  forEachVersion(sequence("Release", Source, forEachPlatform(Compile), Publish, parallel(Announce, Images))),
);

const durations = durationsOf({
  boots: [170, 180, 200],
  tasks: { Source: { "": [300] }, Compile: { "debian-2-y": [1000, 900, 950] }, Publish: { "": [120, 200] } },
});

const ran = (name: string, state: TaskOfBuild["state"], rest: Partial<TaskOfBuild> = {}): TaskOfBuild => ({
  activityArn: "",
  name,
  execution: "build-1",
  debug: "",
  templateVersion: undefined,
  timeoutSeconds: 3600,
  state,
  scheduledEventId: 1,
  scheduledAt: secondsAgo(60),
  waitingSince: secondsAgo(60),
  startedAt: state === "waiting" ? undefined : secondsAgo(60),
  instance: undefined,
  machines: [],
  errors: [],
  failedAt: undefined,
  interruptions: 0,
  lastEnded: state === "ended" ? secondsAgo(10) : undefined,
  ...rest,
});

/** What comes, in seconds from now. */
function coming(
  tasks: readonly TaskOfBuild[],
  {
    pipeline = usual,
    skipped = [],
    doubtful = [],
  }: { pipeline?: Pipeline; skipped?: string[]; doubtful?: string[] } = {},
): Record<string, number> {
  const platforms = ["debian-1-x", "debian-2-y"];
  const nameOf = ({ task, place }: TaskNode) => taskName(task.activity.name, place);
  const found = comingTasks({
    nodes: planNodes(pipeline, [{ version: "1.2.3", platforms, buildPlatforms: platforms }]),
    published: (node) => tasks.find(({ name }) => name === nameOf(node)),
    wouldRun: (node) => (doubtful.includes(nameOf(node)) ? undefined : !skipped.includes(nameOf(node))),
    durations,
    now,
  });
  return Object.fromEntries(
    found.map(({ node, expectedAt }) => [nameOf(node), (expectedAt.getTime() - now.getTime()) / 1000]),
  );
}

const compiling = [
  ran("Source-1.2.3", "ended"),
  ran("Compile-1.2.3-debian-1-x", "running"),
  ran("Compile-1.2.3-debian-2-y", "running"),
];

test("a step comes when the last of what is before it has taken the time that it took here, elsewhere, or is said to take", () => {
  expect(coming([ran("Source-1.2.3", "running")])).toEqual({
    "Compile-1.2.3-debian-1-x": 240,
    "Compile-1.2.3-debian-2-y": 240,
    // Elsewhere a platform took 950 s, too.
    "Publish-1.2.3": 240 + 950,
    "Announce-1.2.3": 240 + 950 + 160,
    "Images-1.2.3": 240 + 950 + 160,
  });
  expect(coming(compiling)).toMatchObject({ "Publish-1.2.3": 890 });
  // What waits for its machine begins when that has booted; what takes longer than ever may end at any moment.
  expect(coming([ran("Source-1.2.3", "waiting")])).toMatchObject({ "Compile-1.2.3-debian-1-x": 120 + 300 });
  const late = ran("Source-1.2.3", "running", { startedAt: secondsAgo(4000) });
  expect(coming([late])).toMatchObject({ "Compile-1.2.3-debian-1-x": 0 });
});

test("nothing comes that the build has come to, that is skipped or in doubt, nor what follows something of unknown time", () => {
  expect(coming([])).not.toHaveProperty("Source-1.2.3");
  expect(coming(compiling, { skipped: ["Publish-1.2.3"] })).toEqual({ "Announce-1.2.3": 890, "Images-1.2.3": 890 });
  expect(coming(compiling, { doubtful: ["Publish-1.2.3"] })).toEqual({});
  const publishing = compiling.map((task) => ({ ...task, state: "ended" as const }));
  // Its own turn has come.
  expect(coming(publishing)).toEqual({ "Announce-1.2.3": 160, "Images-1.2.3": 160 });
  const [images] = [ran("Images-1.2.3", "running")];
  const unknown = pipelineOf(forEachVersion(sequence("Release", Images, Publish)));
  expect(coming([images], { pipeline: unknown })).toEqual({});
});

test("nothing comes after a failure in its own branch, and after any where it wants the success of all", () => {
  const failed = { failedAt: secondsAgo(10), errors: ["Muster.ScriptFailed"] };
  const [source, one, other] = compiling as [TaskOfBuild, TaskOfBuild, TaskOfBuild];
  expect(coming([{ ...source, ...failed }, one, other])).toEqual({});
  expect(coming([source, { ...one, ...failed, state: "ended", lastEnded: secondsAgo(10) }, other])).toEqual({
    "Publish-1.2.3": 890,
    "Images-1.2.3": 890 + 160,
  });
});

test("nothing comes that waits for a person, until the build has come past them", () => {
  const asking = pipelineOf(
    forEachVersion(sequence("Release", Source, approval({ name: "GoOn", summary: "Goes on" }), Publish, Announce)),
  );
  expect(coming([ran("Source-1.2.3", "running")], { pipeline: asking })).toEqual({});
  const passed = [ran("Source-1.2.3", "ended"), ran("Publish-1.2.3", "running")];
  expect(coming(passed, { pipeline: asking })).toEqual({ "Announce-1.2.3": 100 });
});
