import type { Activity } from "./activity.ts";
import { objectsOf } from "./artifacts.ts";
import type { BuildInput, MadeAgain } from "./build-input.ts";
import { activitiesOf } from "./flow.ts";
import { approvalsOf } from "./guarded.ts";
import { InvalidInputError } from "./muster-error.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Pipeline } from "./pipeline.ts";
import { precedingOf, stepsOf } from "./preceding.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";
import { type Task, tasksOf } from "./tasks-of.ts";

type Asked = Pick<BuildInput, "versions" | "platforms" | "activities">;

/**
 * The steps that a build makes again: those that are named, and what comes behind them in the flow and gets what they make, directly or by others that are made
 * again. A step whose `access.reads` leave no room for that is not among them; nor is one that the build was not asked for.
 * @throws InvalidInputError naming the first that is no step, or one that the build does not run
 */
export function madeAgain(named: readonly string[], pipeline: Pipeline, asked: Asked): MadeAgain {
  const isAsked = (name: string) => asked.activities.length === 0 || asked.activities.includes(name);
  for (const name of named) refuse(name, pipeline, { asked, isAsked });
  const again = new Map<string, string[]>();
  for (const activity of activitiesOf(pipeline.flow).filter(({ name }) => isAsked(name))) {
    if (named.includes(activity.name)) again.set(activity.name, []);
    else {
      const makers = makersBefore(activity, pipeline).filter(
        (maker) => again.has(maker.name) && mayFeed(maker, activity, { pipeline, asked }),
      );
      const after = makers.flatMap(({ name }) => (named.includes(name) ? [name] : (again.get(name) ?? [])));
      if (after.length > 0) again.set(activity.name, [...new Set(after)]);
    }
  }
  return Object.fromEntries(again);
}

function refuse(
  name: string,
  { activities, flow }: Pipeline,
  { asked, isAsked }: { asked: Asked; isAsked: (name: string) => boolean },
): void {
  if (activities.some((activity) => activity.name === name)) {
    if (isAsked(name)) return;
    throw new InvalidInputError(
      `${name} is to be made again, and this build runs only ${asked.activities.join(", ")}`,
      {
        hint: `name ${name} among the steps, or leave --rerun ${name} out`,
      },
    );
  }
  if (approvalsOf(flow).some((approval) => approval.name === name)) {
    throw new InvalidInputError(`${name} waits for a person, and makes nothing that could be made again`, {
      hint: "name the steps behind it",
    });
  }
  const known = activities.map((activity) => activity.name);
  const nearest = nearestWord(name, known);
  throw new InvalidInputError(`there is no step "${name}" that could be made again`, {
    hint: nearest === undefined ? `the steps are ${known.join(", ")}` : `did you mean ${nearest}?`,
  });
}

const makersBefore = ({ name }: Activity, { flow }: Pipeline): Activity[] =>
  (precedingOf(flow, name) ?? []).flatMap(({ part }) => stepsOf(part)).filter((step) => step.kind === "activity");

/** Whether one step may get what another makes. It may where nobody says what it reads, or what the other writes. */
function mayFeed(maker: Activity, { access }: Activity, around: { pipeline: Pipeline; asked: Asked }): boolean {
  const reads = access?.reads;
  if (reads === undefined) return true;
  const written = writtenBy(maker, around);
  return (
    written === undefined || written.length === 0 || written.some((one) => reads.some((other) => meet(one, other)))
  );
}

/** Both are beginnings of keys. */
const meet = (one: S3Object, other: S3Object): boolean =>
  one.bucket === other.bucket && (one.key.startsWith(other.key) || other.key.startsWith(one.key));

/** Beginnings of the keys that a step writes; undefined where only a task could tell. */
function writtenBy(
  maker: Activity,
  { pipeline: { platforms: known }, asked: { versions, platforms } }: { pipeline: Pipeline; asked: Asked },
): readonly S3Object[] | undefined {
  const writes = maker.access?.writes;
  if (writes !== undefined && typeof writes !== "function") return writes;
  const all = platforms.length > 0 || known.kind !== "fixed" ? platforms : known.names;
  if (all.length === 0) return undefined;
  try {
    const tasks = tasksOf(
      maker,
      versions.map((version) => ({ version, platforms: all, buildPlatforms: all })),
    );
    return tasks.flatMap(writtenByTask);
  } catch {
    // A definition may say nothing of a version that lacks a platform; the build finds out which has which.
    return undefined;
  }
}

function writtenByTask<P extends Per>({ activity, subject }: Task<P>): readonly S3Object[] {
  const writes = activity.access?.writes;
  return typeof writes === "function" ? writes(subject as Subject<P>) : objectsOf(activity, subject as Subject<P>);
}
