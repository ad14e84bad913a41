import {
  activitiesOf,
  approvalNeeded,
  approvalsOf,
  type BuildInput,
  guardedBy,
  type Pipeline,
  type Place,
  placeWords,
} from "@muster/pipeline";
import type { PlannedStep } from "./plan-build.ts";

/** What a build would ask a person for, if it were started now. */
export type PlannedApproval = Place & {
  readonly approval: string;
  /** The steps that would run, and wait for it. */
  readonly before: readonly string[];
};

/** @param steps what the build would run or skip */
export function planApprovals(
  build: BuildInput,
  { pipeline, steps }: { pipeline: Pipeline; steps: readonly PlannedStep[] },
): PlannedApproval[] {
  const running = steps.filter(({ run }) => run);
  return approvalsOf(pipeline.flow).flatMap(({ per, ...approval }) => {
    const guarded = new Set(
      (guardedBy(pipeline.flow, approval.name) ?? []).flatMap(activitiesOf).map(({ name }) => name),
    );
    const waiting = running.filter((step) => guarded.has(step.activity));
    return placesOf(waiting, per).flatMap((place): PlannedApproval[] => {
      if (!approvalNeeded(approval, build, place)) return [];
      const before = waiting.filter((step) => isWithin(step, place)).map((step) => step.activity);
      return [{ ...place, approval: approval.name, before: [...new Set(before)] }];
    });
  });
}

/** The places of one kind at which something of these waits. */
function placesOf(waiting: readonly PlannedStep[], per: Place["per"]): Place[] {
  const places = waiting.flatMap((step): Place[] => {
    if (per === "build") return [{ per }];
    if (step.per === "build") return [];
    if (per === "version") return [{ per, version: step.version }];
    return step.per === "platform" ? [{ per, version: step.version, platform: step.platform }] : [];
  });
  return places.filter((place, index) => places.findIndex((other) => isSame(place, other)) === index);
}

const isSame = (one: Place, other: Place): boolean => placeWords(one).join(" ") === placeWords(other).join(" ");

const isWithin = (inner: Place, outer: Place): boolean =>
  placeWords(outer).every((word, index) => placeWords(inner)[index] === word);
