import { DebugMode } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { backOff, type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { InstanceMetadata } from "./instance-metadata.ts";

/** Who this worker is. */
export interface WorkerIdentity {
  /** The instance's id, or a test worker's name. */
  readonly instanceId: string;
  /** Set for EC2 instances only: test workers have no tags, and no claim that repair could follow. */
  readonly instance?: {
    readonly imageId: string;
    readonly instanceType: string;
    readonly spot: boolean;
    /** The debug mode of the build that launched it. */
    readonly launchedBy: DebugMode;
  };
}

const TRIES = 10;

/** Asks the metadata service, which may not be up yet when a machine has just booted. */
export async function readIdentity(
  metadata: InstanceMetadata,
  { clock, diagnostics }: { clock: Clock; diagnostics: Diagnostics },
): Promise<WorkerIdentity> {
  for (let tries = 1; ; tries++) {
    try {
      return await askIdentity(metadata);
    } catch (error) {
      if (tries === TRIES) throw error;
      diagnostics.warn("the metadata service does not answer yet", { tries, error });
      await sleep(clock, backOff(tries, { firstMs: 100, mostMs: 5000 }));
    }
  }
}

async function askIdentity(metadata: InstanceMetadata): Promise<WorkerIdentity> {
  const [instanceId, imageId, instanceType, lifeCycle, launchedBy] = await Promise.all([
    metadata.read("meta-data/instance-id"),
    metadata.read("meta-data/ami-id"),
    metadata.read("meta-data/instance-type"),
    metadata.read("meta-data/instance-life-cycle"),
    // Tags are there only where the launch template says so.
    metadata.read(`meta-data/tags/instance/${WorkerTag.launchedBy}`),
  ]);
  if (instanceId === undefined) throw new Error("the metadata service knows no instance-id");
  return {
    instanceId,
    instance: {
      imageId: imageId ?? "",
      instanceType: instanceType ?? "",
      spot: lifeCycle === "spot",
      launchedBy: DebugMode.safeParse(launchedBy).data ?? "",
    },
  };
}
