import { InvalidConfigurationError, type Notification, nearestWord, type Pipeline, secretOf } from "@muster/pipeline";
import type { StageScope } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";

/** Whom of the pipeline's notifications a stage tells. */
export function toldHere({ stage, pipeline }: Pick<StageScope, "stage" | "pipeline">): Notification[] {
  // A stage to try things with must not tell the world of a release that is none.
  const { notifies = !stage.disposable } = stage;
  const all = pipeline.notifies ?? [];
  if (typeof notifies === "boolean") return notifies ? [...all] : [];
  return all.filter(({ name }) => notifies.includes(name));
}

/** @throws InvalidConfigurationError for a name that is none of the pipeline's notifications */
export function checkNotified(
  { name: stage, notifies }: Stage,
  { notifies: known = [], name: pipeline }: Pipeline,
): void {
  if (!Array.isArray(notifies)) return;
  const names = known.map(({ name }) => name);
  for (const wanted of notifies.filter((name) => !names.includes(name))) {
    const nearest = nearestWord(wanted, names);
    const there = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
    throw new InvalidConfigurationError(
      `the stage ${stage} notifies "${wanted}", which is no notification of the pipeline ${pipeline}`,
      { hint: nearest === undefined ? there : `did you mean ${nearest}?` },
    );
  }
}

/** Name of its secret on the stage. */
export function secretNameOf(notification: Notification, { names }: Pick<StageScope, "names">): string | undefined {
  const name = secretOf(notification);
  return name === undefined ? undefined : names.secret({ kind: "secrets-manager", name });
}

/** ARN of its topic. */
export function topicArnOf(notification: Notification, { names }: Pick<StageScope, "names">): string | undefined {
  if (notification.kind !== "sns") return undefined;
  return notification.topic ?? names.arn("sns", topicName(notification, { names }));
}

/** Of a topic that the stage makes. */
export const topicName = ({ name }: Notification, { names }: Pick<StageScope, "names">): string =>
  names.of(`Told-${name}`, 255);
