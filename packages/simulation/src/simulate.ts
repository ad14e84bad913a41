import { platformsOfVersion } from "@muster/lambdas";
import {
  activityNamed,
  fixedPlatforms,
  InvalidConfigurationError,
  listSteps,
  nearestWord,
  type Pipeline,
  type Platform,
  type Published,
  parseBuildInput,
  type Results,
  type Task,
  type TaskInput,
  taskName,
  tasksOfBuild,
  type Version,
  type WithdrawalOf,
} from "@muster/pipeline";
import { leaveEvidence } from "./leave-evidence.ts";
import { machineWorld } from "./machine-world.ts";
import { type BeyondAccess, type PlayedScript, playTask, usualScript } from "./played-task.ts";

export interface SimulationOptions {
  /** By step; a step that is not named here takes a minute and leaves what its definition says it makes. */
  readonly scripts?: Readonly<Record<string, PlayedScript>>;
  /** What a person says who is asked, by the approval's name; a minute later, whatever is not named here is approved. */
  readonly answers?: Readonly<Record<string, "approved" | "rejected" | "unanswered">>;
  /** What is there before the first build. */
  readonly objects?: readonly Published[];
  /** Those of every version, of a pipeline that lists them at a URL. */
  readonly platforms?: readonly Platform[];
  /** When the first build starts; a build that names no version makes that day's nightly. */
  readonly start?: Date;
}

/** What a build came to. Tasks are called as plans and reports call them: `Compile-1.2.3-debian-12-bookworm`. */
export interface SimulatedBuild {
  readonly status: "succeeded" | "failed";
  /** In which a failed build ends: a line for each failed step. */
  readonly message: string | undefined;
  /** Tasks that succeeded, in the order of the pipeline. */
  readonly done: readonly string[];
  /** Each with its reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Each with the name of its error. */
  readonly failed: Readonly<Record<string, string>>;
  /** Tasks that the build never came to. */
  readonly undone: readonly string[];
  /** Tasks that a worker took, in that order, once for each attempt. */
  readonly attempts: readonly string[];
  /** What scripts did that their steps' `access` does not allow. */
  readonly beyondAccess: readonly BeyondAccess[];
  /** Of virtual time. */
  readonly seconds: number;
}

export interface Simulation extends AsyncDisposable {
  /** Runs a build to its end. @param words as `muster build` takes them, together or one by one */
  build(...words: string[]): Promise<SimulatedBuild>;
  /** Takes a version back, as `muster withdraw` does; of a step that has no script here, what its definition says is removed. */
  withdraw(version: Version): Promise<SimulatedBuild>;
  /** Puts what shows that something is done: objects, packages of apt suites. */
  put(...objects: readonly Published[]): Promise<void>;
  /** Lets go of it; `await using` does, from Node 24 on. */
  close(): Promise<void>;
}

/**
 * A pipeline's own state machine with the functions that are deployed, on AWS in this process and in virtual time; its scripts are played.
 * @throws InvalidConfigurationError for a script of a step that the pipeline does not have, or platforms that nobody could look up
 */
export async function simulate(definition: Pipeline, options: SimulationOptions = {}): Promise<Simulation> {
  const { scripts = {}, answers = {}, objects = [], start } = options;
  const pipeline = withKnownPlatforms(definition, options.platforms);
  refuseUnknownSteps(Object.keys(scripts), pipeline);
  const beyondAccess: BeyondAccess[] = [];
  let subjects = new Map<string, Task>();
  let mistake: { readonly error: unknown } | undefined;
  const world = await machineWorld(pipeline, {
    ...(start !== undefined && { start }),
    says: ({ approval }) => {
      const answer = answers[approval] ?? "approved";
      return answer === "unanswered" ? undefined : { seconds: 60, approved: answer === "approved" };
    },
    work: async (input, attempt) => {
      const task = taskOf(input, pipeline, subjects);
      const onBeyondAccess = (what: BeyondAccess) => void beyondAccess.push(what);
      const { s3, stage } = world;
      const script = scripts[input.activity] ?? usualScript;
      try {
        return await playTask(script, { task, input, attempt, s3, buckets: stage.buckets, onBeyondAccess });
      } catch (error) {
        mistake ??= { error };
        return { seconds: 0, error: "Muster.ScriptFailed" };
      }
    },
  });
  const put = async (some: readonly Published[]) => {
    for (const each of some)
      await leaveEvidence(world.s3, each, { buckets: world.stage.buckets, text: "there before" });
  };
  await put(objects);
  const run = async (said: { words: readonly string[]; withdraw?: WithdrawalOf }): Promise<SimulatedBuild> => {
    const build = parseBuildInput(said, pipeline, { today: world.now() });
    const versions = build.versions.map(async (version) => ({
      version,
      ...(await platformsOfVersion(pipeline, version, { build, s3: world.s3 })),
    }));
    const tasks = tasksOfBuild(pipeline, await Promise.all(versions));
    subjects = new Map(tasks.map((task) => [taskName(task.activity.name, task.subject), task]));
    const [taken, refused] = [world.worked.length, beyondAccess.length];
    const { status, message, results, seconds } = await world.build(said);
    if (mistake !== undefined) throw mistake.error;
    return {
      status: status === "SUCCEEDED" ? "succeeded" : "failed",
      message,
      ...outcomes([...subjects.keys()], (results ?? {}) as Results),
      attempts: world.worked.slice(taken).map(({ task }) => task),
      beyondAccess: beyondAccess.slice(refused),
      seconds,
    };
  };
  return {
    build: (...words) => run({ words }),
    withdraw: (version) => run({ words: [version], withdraw: { by: "simulation" } }),
    put: (...some) => put(some),
    close: () => world[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

function withKnownPlatforms(pipeline: Pipeline, platforms: readonly Platform[] | undefined): Pipeline {
  if (platforms !== undefined) return { ...pipeline, platforms: fixedPlatforms(...platforms) };
  if (pipeline.platforms.kind === "fixed") return pipeline;
  throw new InvalidConfigurationError(
    `the platforms of ${pipeline.name} are listed at a URL, which a test does not ask`,
    {
      hint: 'name them: simulate(pipeline, { platforms: ["debian-12-bookworm"] })',
    },
  );
}

function refuseUnknownSteps(names: readonly string[], { name, activities }: Pipeline): void {
  const known = activities.map((activity) => activity.name);
  const unknown = names.find((each) => !known.includes(each));
  if (unknown === undefined) return;
  const nearest = nearestWord(unknown, known);
  throw new InvalidConfigurationError(`${name} has no step "${unknown}" whose script could be played`, {
    hint: nearest === undefined ? `it has ${known.join(", ")}` : `did you mean ${nearest}?`,
  });
}

/** Which versions are left for a step of the build's own shows when it comes to run. */
function taskOf({ name, activity, env }: TaskInput, pipeline: Pipeline, subjects: ReadonlyMap<string, Task>): Task {
  const planned = subjects.get(name);
  const definition = activityNamed(pipeline, activity);
  if (definition.per !== "build") return planned as Task;
  const words = (variable: string) => (env[variable] ?? "").split(" ").filter((word) => word !== "");
  const subject = { per: "build", versions: words("VERSIONS"), failedVersions: words("FAILED_VERSIONS") } as const;
  return { activity: definition, subject };
}

function outcomes(
  names: readonly string[],
  results: Results,
): Pick<SimulatedBuild, "done" | "skipped" | "failed" | "undone"> {
  const byName = new Map(listSteps(results).map(({ step, result, ...place }) => [taskName(step, place), result]));
  const done: string[] = [];
  const undone: string[] = [];
  const skipped: Record<string, string> = {};
  const failed: Record<string, string> = {};
  for (const name of names) {
    const result = byName.get(name);
    if (result?.success !== undefined) done.push(name);
    else if (result?.failure !== undefined) failed[name] = result.failure.Error ?? "";
    else if (result?.skip === true) skipped[name] = result.reason ?? "";
    else undone.push(name);
  }
  return { done, skipped, failed, undone };
}
