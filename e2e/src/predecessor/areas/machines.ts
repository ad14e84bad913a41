import { awsName, workerName } from "@muster/pipeline";
import hhvm from "@muster/pipeline-hhvm";
import { type Area, recordedCases } from "../difference.ts";

interface Case {
  readonly activity: string;
  readonly type: string;
  /** The image's own where absent. */
  readonly volumeGb?: number;
  /** Any where absent. */
  readonly zone?: string;
  readonly name: string;
  readonly queue: string;
}

/** Undefined where there is no such activity. */
type Answer =
  | {
      readonly types: readonly string[];
      readonly market: string;
      readonly volumeGb: number | undefined;
      readonly zones: readonly string[] | undefined;
      readonly name: string;
      readonly queue: string;
    }
  | undefined;

/** The machine that an activity's worker is, its name at birth, and the queue that it polls. */
export const machines: Area<Case, Answer> = {
  cases: recordedCases<Case>("machines.json"),
  predecessor: ({ type, volumeGb, zone, name, queue }) => ({
    types: [type],
    market: "on-demand",
    volumeGb,
    zones: zone === undefined ? undefined : [zone],
    name,
    queue,
  }),
  muster({ activity }) {
    const definition = hhvm.activities.find(({ name }) => name === activity);
    if (definition === undefined) return undefined;
    const { instanceTypes, rootVolumeGb, availabilityZones, market = "on-demand" } = definition.worker;
    return {
      types: instanceTypes,
      market,
      volumeGb: rootVolumeGb,
      zones: availabilityZones,
      name: workerName({ state: "waiting", tasks: 0, subject: activity }),
      queue: awsName("hhvm", hhvm, activity),
    };
  },
  differences: [
    { row: "macOS", turns: (answer, { activity }) => (activity === "BuildAndPublishMacOS" ? undefined : answer) },
    {
      row: "launches",
      turns(answer, { type }, muster) {
        if (answer === undefined || muster?.types[0] !== type) return answer;
        return { ...answer, types: muster.types, market: muster.market };
      },
    },
  ],
};

/** Paths of the CDN that a publication changes. */
export const invalidations: Area<{ readonly paths: readonly string[] }, readonly string[]> = {
  cases: recordedCases("invalidations.json"),
  predecessor: ({ paths }) => [...paths].sort(),
  muster: () => [...hhvm.invalidates].sort(),
  differences: [],
};
