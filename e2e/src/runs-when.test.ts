import {
  type ActivityDefinition,
  activity,
  approval,
  type BuildFlow,
  definePipeline,
  type Flow,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  listFailures,
  listSteps,
  parallel,
  placeWords,
  type Results,
  type RunsWhen,
  sequence,
} from "@muster/pipeline";
import { machineWorld } from "@muster/simulation";
import { expect, test } from "vitest";

const platforms = ["debian-12-bookworm", "ubuntu-24.04-noble"];
const stepPer = (per: ActivityDefinition["per"]) => (name: string, runsWhen?: RunsWhen) =>
  activity({
    name,
    per,
    script: "make.sh",
    timeout: hours(1),
    worker: { instanceTypes: ["t3.micro"] },
    ...(runsWhen !== undefined && { runsWhen }),
  });
const ofBuild = stepPer("build");
const ofVersion = stepPer("version");
const ofPlatform = stepPer("platform");
const succeeded = "predecessors-succeeded";

/** Steps of every kind after steps of every kind, before and inside of parallels and maps. */
const version = forEachVersion(
  ofVersion("Fetch", succeeded),
  forEachPlatform(
    ofPlatform("Compile"),
    parallel(
      ofPlatform("Test", succeeded),
      sequence("Pack", ofPlatform("Package"), ofPlatform("Sign", "always"), ofPlatform("Seal")),
    ),
  ),
  ofVersion("Collect", succeeded),
  parallel(
    sequence("Publish", forEachPlatform(ofPlatform("Upload", succeeded)), ofVersion("Announce")),
    sequence("Docs", ofVersion("Render", succeeded), ofVersion("Post", "always"), ofVersion("Index")),
  ),
  ofVersion("Finish", "always"),
  ofVersion("Close"),
);

/** The build's own steps around one of a version. */
const opening = [ofBuild("Open"), parallel(ofBuild("Warn"), ofBuild("Lock"))] as const;
const rest = [
  forEachVersion(ofVersion("Make", succeeded)),
  ofBuild("Sum", succeeded),
  parallel(ofBuild("Tell", "always"), sequence("News", ofBuild("Write"), ofBuild("Send", succeeded))),
  ofBuild("End", "always"),
] as const;

const pipelineOf = (flow: BuildFlow) =>
  definePipeline({
    name: "runs-when",
    summary: "Steps that go by what came before them",
    platforms: fixedPlatforms(...platforms),
    flow,
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });

interface Reached {
  /** Platforms of what has failed, nothing for what has none. */
  readonly failures: readonly (string | undefined)[];
  /** A step of the same branch, platform, version or build has. */
  readonly own: boolean;
  readonly versionFailed?: boolean;
}

/** Notes which tasks run, by the rules. */
function walk(node: Flow, reached: Reached, { failing, tasks, platform }: Walk): Reached {
  switch (node.kind) {
    case "activity": {
      const concerned = reached.failures.filter((of) => of === undefined || platform === undefined || of === platform);
      const runs = {
        always: true,
        [succeeded]: concerned.length === 0,
        usual: !reached.own && !(node.per === "build" && reached.versionFailed === true),
      }[node.runsWhen ?? "usual"];
      if (!runs) return reached;
      const task = [node.name, platform].filter((word) => word !== undefined).join(" ");
      tasks.push(task);
      return task === failing ? { ...reached, failures: [...reached.failures, platform], own: true } : reached;
    }
    case "approval":
      return reached;
    case "sequence":
      return node.steps.reduce((sofar, part) => walk(part, sofar, { failing, tasks, platform }), reached);
    case "parallel": {
      const ends = node.branches.map((branch) => walk(branch, reached, { failing, tasks, platform }));
      return { ...reached, failures: ends.flatMap(({ failures }) => failures) };
    }
    case "forEachPlatform": {
      const ends = platforms.map((each) => walk(node.body, reached, { failing, tasks, platform: each }));
      return { ...reached, failures: ends.flatMap(({ failures }) => failures) };
    }
    case "forEachVersion": {
      const { failures } = walk(node.body, reached, { failing, tasks, platform });
      return { ...reached, failures, versionFailed: failures.length > reached.failures.length };
    }
  }
}

interface Walk {
  readonly failing: string;
  readonly tasks: string[];
  readonly platform?: string | undefined;
}

const NOTHING: Reached = { failures: [], own: false };

function tasksOfVersion(failing: string): string[] {
  const tasks: string[] = [];
  walk(version, NOTHING, { failing, tasks });
  return tasks.sort();
}

/** Nothing follows a failed step of the build's own before its versions. */
function tasksOfBuild(failing: string): string[] {
  const tasks: string[] = [];
  const opened = walk(sequence(...opening), NOTHING, { failing, tasks });
  if (!opened.own) walk(sequence(...rest), opened, { failing, tasks });
  return tasks.sort();
}

/** @param fails tells whether the task of that name fails, as activity and platform, for that version */
async function build(flow: BuildFlow, versions: readonly string[], fails: (task: string, version: string) => boolean) {
  await using world = await machineWorld(pipelineOf(flow), {
    work: (task) => {
      const [of = "", platform] = placeWords(task);
      const failed = fails([task.activity, ...(platform === undefined ? [] : [platform])].join(" "), of);
      return { seconds: 30, ...(failed && { error: "TestBuildNoRetry" }) };
    },
  });
  const { results, ...ended } = await world.build(versions.join(" "));
  return { ...ended, results: results as Results, worked: world.worked.map(({ task }) => task) };
}

/** By the step's name, and its platform's. */
const skipsOf = (results: Results) =>
  Object.fromEntries(
    listSteps(results).flatMap(({ step, result, ...place }) =>
      result.skip === true ? [[[step, ...placeWords(place)].join(" "), result.reason]] : [],
    ),
  );

test("whatever fails of a version, what wants its success is left out, and nothing else", {
  timeout: 300_000,
}, async () => {
  const failing = ["", ...tasksOfVersion("").filter((task) => !task.endsWith("noble"))];
  const versions = failing.map((_, index) => `1.0.${index}`);
  const { worked, results } = await build(version, versions, (task, of) => task === failing[versions.indexOf(of)]);
  const workedOf = (of: string) =>
    worked
      .flatMap((task) => (task.includes(`-${of}-`) || task.endsWith(`-${of}`) ? [task.replace(`-${of}`, "")] : []))
      .map((task) => task.replace("-", " "))
      .sort();
  for (const [index, of] of versions.entries()) {
    expect(workedOf(of), failing[index]).toEqual(tasksOfVersion(failing[index] ?? ""));
  }
  expect(listFailures(results)).toHaveLength(failing.length - 1);
  const compile = versions[failing.indexOf("Compile debian-12-bookworm")];
  expect(skipsOf(results)).toMatchObject({
    [`Collect ${compile}`]: "Compile debian-12-bookworm failed",
    [`Test ${compile} debian-12-bookworm`]: "Compile failed",
    [`Upload ${compile} debian-12-bookworm`]: "Compile debian-12-bookworm failed",
    [`Package ${versions[failing.indexOf("Fetch")]} debian-12-bookworm`]: "Fetch failed",
  });
});

test.each(["", ...tasksOfBuild("")])(
  "where %j fails of a build's own steps, so are theirs",
  { timeout: 120_000 },
  async (failing) => {
    const { worked, results, status } = await build(
      sequence(...opening, ...rest),
      ["1.2.3"],
      (task) => task === failing,
    );
    expect(worked.map((task) => task.replace("-1.2.3", "")).sort()).toEqual(tasksOfBuild(failing));
    expect(status).toBe(failing === "" ? "SUCCEEDED" : "FAILED");
    if (failing !== "Make") return;
    expect(skipsOf(results)).toEqual({
      Sum: "Make 1.2.3 failed",
      Write: "a step of every version failed: 1.2.3",
      Send: "Make 1.2.3 failed",
    });
  },
);

test("nobody is asked to approve what a failure leaves out", { timeout: 120_000 }, async () => {
  const approve = (name: string) => approval({ name, summary: "Whether users get it" });
  const flow = forEachVersion(
    ofVersion("Make"),
    parallel(sequence("Ship", approve("Approve"), ofVersion("Publish")), ofVersion("Report", "always")),
    approve("ApproveMirrors"),
    ofVersion("Mirror", succeeded),
  );
  const { worked, results } = await build(flow, ["1.2.3"], (task) => task === "Make");
  expect(worked).toEqual(["Make-1.2.3", "Report-1.2.3"]);
  expect(skipsOf(results)).toMatchObject({
    "Approve 1.2.3": "nothing that follows it would run: Make failed",
    "ApproveMirrors 1.2.3": "nothing that follows it would run: Make failed",
  });
});
