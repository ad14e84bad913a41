import type { Activity } from "./activity.ts";
import { type Approval, approvalProblems } from "./approval.ts";
import { kebab } from "./aws-names.ts";
import { channelProblems } from "./channel.ts";
import { retryProblems } from "./check-retries.ts";
import { fieldProblems } from "./field-problems.ts";
import { activitiesOf, type Flow, topLevel } from "./flow.ts";
import { approvalsOf, guardedBy } from "./guarded.ts";
import { inputProblems } from "./input-problems.ts";
import { InvalidConfigurationError, MusterError } from "./muster-error.ts";
import { namedScripts } from "./named-scripts.ts";
import { notificationProblems } from "./notification.ts";
import type { Pipeline, PipelineDefinition } from "./pipeline.ts";
import { pipelineOf } from "./pipeline-of.ts";
import type { Place } from "./place.ts";
import { fixedStateNames, MAP_PREFIX, statesOfActivity } from "./state-names.ts";
import { stateNamesOf } from "./states-of-flow.ts";
import type { Per } from "./subject.ts";
import { unreachable } from "./unreachable.ts";
import { schemeOf } from "./versions/scheme-of.ts";
import { versionProblems } from "./versions/version-problems.ts";

/** A definition that cannot work; every problem at once, each naming the activity or state. */
export class InvalidPipelineError extends MusterError {
  override readonly name = "Muster.InvalidPipeline";
  readonly problems: readonly string[];

  constructor(pipeline: string, problems: readonly string[], file?: string) {
    super(`${file ?? `pipeline "${pipeline}"`}: ${problems.join("; ")}`, {
      hint: "correct the definition and run the command again",
    });
    this.problems = problems;
  }
}

/** Names of state machines, activities and states. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html */
const LONGEST_NAME = 80;
/** Names become states, result paths and, in reports, words; ForEach… is how results tell maps from steps. */
const STEP_NAME = new RegExp(`^(?!${MAP_PREFIX})[A-Z][A-Za-z0-9]*$`);
/** A task may not outlive its execution. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_TIMEOUT = 365 * 24 * 3600;

/**
 * Refuses a definition that cannot work. What hangs on a field of the wrong type is not looked at any further.
 * @throws InvalidPipelineError
 */
export function checkDefinition(definition: PipelineDefinition): void {
  const wrong = fieldProblems(definition);
  const spoilt = new Set(wrong.map(({ spoils }) => spoils));
  const problems = wrong.map(({ text }) => text);
  if (!spoilt.has("flow")) problems.push(...pipelineProblems(asFarAsKnown(pipelineOf(definition), spoilt), spoilt));
  if (problems.length === 0) return;
  const name: unknown = definition?.name;
  throw new InvalidPipelineError(typeof name === "string" ? name : "without a name", [...new Set(problems)]);
}

/** With the versions of most, where its own are not right: much is told by what is a version. */
const asFarAsKnown = ({ versions, ...rest }: Pipeline, spoilt: ReadonlySet<string | undefined>): Pipeline =>
  versions === undefined || spoilt.has("versions") ? rest : { ...rest, versions };

/** @param spoilt fields of the pipeline, and activities, of which something has the wrong type */
function pipelineProblems(pipeline: Pipeline, spoilt: ReadonlySet<string | undefined>): string[] {
  const { name, platforms, flow, activities, invalidates, channels } = pipeline;
  const given = <T>(field: keyof PipelineDefinition, value: T | undefined): T[] =>
    value === undefined || spoilt.has(field) ? [] : [value];
  return [
    ...given("name", name).flatMap(() => nameProblems(pipeline)),
    ...asAnswered(() => versionProblems(pipeline)),
    ...given("platforms", platforms).flatMap(() => asAnswered(() => platformProblems(pipeline))),
    ...buildFlowProblems(flow),
    ...alwaysProblems(flow),
    ...flowProblems(flow, "build"),
    ...stateNameProblems(pipeline),
    ...activities.filter((each) => !spoilt.has(each.name)).flatMap((each) => activityProblems(each, pipeline)),
    ...approvalsOf(flow).flatMap((approval) => waitProblems(approval, pipeline)),
    ...given("invalidates", invalidates).flat().flatMap(invalidationProblems),
    ...given("inputs", pipeline.inputs).flatMap(inputProblems),
    ...given("notifies", pipeline.notifies).flatMap(notificationProblems),
    ...given("channels", channels).flatMap((each) => asAnswered(() => channelProblems(name, each, schemeOf(pipeline)))),
  ];
}

/** What its functions answer while they are looked at may be a problem of its own. */
function asAnswered(problems: () => string[]): string[] {
  try {
    return problems();
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return [error.message];
    throw error;
  }
}

/**
 * Refuses a pipeline that names files which are not there.
 * @param missing tells whether a script, as the definition names it, does not exist; see scriptFile
 * @throws InvalidPipelineError
 */
export function checkScripts(pipeline: Pipeline, missing: (path: string) => boolean, file?: string): void {
  const problems = namedScripts(pipeline)
    .filter(({ path }) => missing(path))
    .map(({ name, role, path }) => `${name}: ${role} "${path}" does not exist`);
  if (problems.length > 0) throw new InvalidPipelineError(pipeline.name, problems, file);
}

const duplicatesOf = (names: readonly string[]): string[] =>
  names.filter((candidate, index) => names.indexOf(candidate) !== index);

function nameProblems({ name, activities }: Pipeline): string[] {
  const names = activities.map((activity) => activity.name);
  const queues = [...new Set(names)].map(kebab);
  return [
    ...(/^[a-z][a-z0-9-]*$/.test(name) ? [] : [`the name "${name}" must be lower-case letters, digits and dashes`]),
    ...(activities.length > 0 ? [] : ["it has no activity"]),
    ...duplicatesOf(names).map((duplicate) => `${duplicate} is there twice: an activity's name must be its own`),
    ...duplicatesOf(queues).map(
      (queue) => `two activities have the queue ${name}-${queue}: name one of them otherwise`,
    ),
  ];
}

/** A platform is a word of a build's input, told from versions, activities and options by what it looks like. */
function platformProblems(pipeline: Pipeline): string[] {
  const { platforms, activities } = pipeline;
  if (platforms.kind === "listed") return [];
  const isVersion = (name: string) => schemeOf(pipeline).parse(name) !== undefined;
  return [
    ...(platforms.names.length > 0 ? [] : ["it has no platform"]),
    ...duplicatesOf(platforms.names).map((duplicate) => `the platform ${duplicate} is there twice`),
    ...platforms.names
      .filter(
        (name) => !/^[\w.][\w.-]*$/.test(name) || isVersion(name) || activities.some((each) => each.name === name),
      )
      .map((name) => `the platform "${name}" must be letters, digits, dots and dashes, and no version or activity`),
  ];
}

/** Names of states are unique over the whole state machine. @see https://states-language.net/spec.html#toplevelfields */
function stateNameProblems({ flow, activities }: Pipeline): string[] {
  const names = stateNamesOf(flow);
  const fixed = new Set(fixedStateNames);
  const repeated = new Set(duplicatesOf(activities.map(({ name }) => name)).flatMap((name) => statesOfActivity(name)));
  const twice = duplicatesOf(names).filter((name) => !repeated.has(name));
  return [
    ...names
      .filter((name) => fixed.has(name))
      .map((name) => `${name} is the name of a state that every build has: choose another`),
    ...twice.map((name) => `two states would be called ${name}: rename a step, or its branch with sequence("Name", …)`),
    ...names
      .filter((name) => name.length > LONGEST_NAME)
      .map(
        (name) =>
          `the state ${name} is longer than AWS's ${LONGEST_NAME} characters: give its steps or branches shorter names`,
      ),
  ];
}

function activityProblems(activity: Activity, pipeline: Pipeline): string[] {
  const { name, timeout, estimatedDuration, heartbeat, maxWorkers } = activity;
  const queue = `${pipeline.name}-${kebab(name)}`;
  const say = (bad: boolean, problem: string) => (bad ? [`${name}: ${problem}`] : []);
  return [
    ...say(!STEP_NAME.test(name), "a name is letters and digits, starts with a capital and not with ForEach"),
    ...say(queue.length > LONGEST_NAME, `its queue ${queue} is longer than AWS's ${LONGEST_NAME} characters`),
    ...say(
      !Number.isInteger(timeout) || timeout <= 60 || timeout > LONGEST_TIMEOUT,
      "timeout must be whole seconds, more than a minute and at most a year",
    ),
    ...say(!Number.isInteger(heartbeat) || heartbeat < 3, "heartbeat must be whole seconds, 3 or more"),
    ...say(heartbeat >= timeout, "heartbeat must be shorter than timeout"),
    ...say((estimatedDuration ?? 0) >= timeout, "estimatedDuration must be shorter than timeout"),
    ...say(
      maxWorkers !== undefined && !(Number.isInteger(maxWorkers) && maxWorkers > 0),
      "maxWorkers must be a whole number above 0",
    ),
    ...retryProblems(name, activity.retries ?? []),
    ...say(
      activity.withdraw?.kind === "script" && (activity.withdraw.takes ?? activity.publishes) === undefined,
      "its withdrawal takes back nothing: say what in takes, or in publishes",
    ),
    ...say(activity.worksOn !== undefined && activity.per !== "version", "worksOn is for a step of a version"),
    ...say(
      activity.exclusive === true && (maxWorkers ?? 1) > 1,
      "an exclusive activity has one worker: drop maxWorkers",
    ),
  ];
}

function waitProblems(approval: Approval, { flow, activities }: Pipeline): string[] {
  const { name } = approval;
  if (typeof name !== "string" || !STEP_NAME.test(name)) {
    return [`the approval "${name}": a name is letters and digits, starts with a capital and not with ForEach`];
  }
  return [
    ...approvalProblems(approval),
    ...(activities.some((activity) => activity.name === name) ? [`${name} is the name of an activity too`] : []),
    ...(guardedBy(flow, name)?.length === 0
      ? [`${name} is an approval that nothing follows: nothing waits for it`]
      : []),
  ];
}

/** Versions have one way, which is a step of the build itself: by it their results, and which have failed, are told. */
function buildFlowProblems(flow: Flow): string[] {
  const count = topLevel(flow).filter(({ kind }) => kind === "forEachVersion").length;
  if (count === 1) return [];
  if (count > 1) return ["it has forEachVersion twice: name all steps of a version in one"];
  return ["it has no forEachVersion, or only one inside of something that is no sequence"];
}

/** Nothing is made of the versions where a step before them has failed, so none of these can go on. */
function alwaysProblems(flow: Flow): string[] {
  const steps = topLevel(flow);
  const before = steps.slice(
    0,
    Math.max(
      0,
      steps.findIndex(({ kind }) => kind === "forEachVersion"),
    ),
  );
  return before
    .flatMap(activitiesOf)
    .filter(({ runsWhen }) => runsWhen === "always")
    .map(({ name }) => `${name}.runsWhen: "always" is for steps of versions, and for those after forEachVersion`);
}

/** @param around what the steps here are done for */
function flowProblems(flow: Flow, around: Place["per"]): string[] {
  switch (flow.kind) {
    case "activity":
      return flow.per === around ? [] : [`${flow.name} runs per ${flow.per} but is ${misplacement(flow.per, around)}`];
    case "approval":
      return [];
    case "sequence":
      if (flow.steps.length === 0) return [flow.name === undefined ? "a sequence is empty" : `${flow.name} is empty`];
      if (flow.name !== undefined && !STEP_NAME.test(flow.name)) {
        return [
          `the sequence "${flow.name}": a name is letters and digits, starts with a capital and not with ForEach`,
        ];
      }
      return flow.steps.flatMap((step) => flowProblems(step, around));
    case "parallel":
      if (flow.branches.length === 0) return ["a parallel has no branch"];
      return flow.branches.flatMap((branch) => flowProblems(branch, around));
    case "forEachPlatform":
      if (around === "platform") return ["forEachPlatform is inside forEachPlatform"];
      if (around === "build") return ["forEachPlatform is outside forEachVersion"];
      return flowProblems(flow.body, "platform");
    case "forEachVersion":
      if (around !== "build") return ["forEachVersion is inside forEachVersion"];
      return flowProblems(flow.body, "version");
  }
}

/** Where an activity is that should be elsewhere. */
function misplacement(per: Per, around: Place["per"]): string {
  switch (per) {
    case "build":
      return around === "version" ? "inside forEachVersion" : "inside forEachPlatform";
    case "version":
      return around === "build" ? "outside forEachVersion" : "inside forEachPlatform";
    case "platform":
      return "outside forEachPlatform";
    default:
      return unreachable(per);
  }
}

/** CloudFront takes `*` only as a path's last character. @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html */
function invalidationProblems(path: string): string[] {
  return /^\/[^*]*\*?$/.test(path) ? [] : [`invalidates "${path}": a path starts with / and has * at its end only`];
}
