import type { Activity } from "./activity.ts";
import type { Pipeline } from "./pipeline.ts";

/** A script that a definition names. */
export interface NamedScript {
  /** The activity's name, or the pipeline's for its dummy script. */
  readonly name: string;
  readonly role: "script" | "init" | "afterTask" | "check" | "withdraw" | "dummyScript";
  /** As the definition says it: relative to the pipeline's folder. */
  readonly path: string;
}

/** Every script of a pipeline, as often as it is named. */
export function namedScripts({ name, activities, dummyScript }: Pipeline): NamedScript[] {
  return [
    ...activities.flatMap((activity) => [
      ...(["script", "init", "afterTask", "check"] as const).flatMap((role): NamedScript[] => {
        const path = activity[role];
        return path === undefined ? [] : [{ name: activity.name, role, path }];
      }),
      ...scriptOfWithdrawal(activity),
    ]),
    { name, role: "dummyScript", path: dummyScript },
  ];
}

const scriptOfWithdrawal = ({ name, withdraw }: Activity): NamedScript[] =>
  withdraw?.kind === "script" ? [{ name, role: "withdraw", path: withdraw.script }] : [];
