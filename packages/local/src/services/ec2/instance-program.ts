import type { ClientConfig } from "../../client-config.ts";
import type { Clock } from "../../clock.ts";
import type { OpenListener } from "../../http-listener.ts";
import type { Movement } from "../../movement.ts";
import type { Random } from "../../random.ts";
import type { ConsoleOutputs } from "./console-output.ts";
import type { Instance } from "./instance.ts";
import { accessKeyIdOf } from "./instance-credentials.ts";
import { instanceMetadata, METADATA_ADDRESSES } from "./instance-metadata.ts";
import type { MachineMishaps } from "./machine-mishaps.ts";
import type { RunInstance } from "./run-instance.ts";
import { decodeUserData } from "./user-data.ts";

export interface ProgramOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly movement: Movement;
  readonly region: string;
  readonly accountId: string;
  readonly runInstance: RunInstance;
  /** Each instance has a metadata service of its own, because SDKs drop the path of its address. */
  readonly openListener: OpenListener;
  /** False: there is none; whoever plays an instance knows what it would say. */
  readonly metadataService: boolean;
  readonly clientConfig: (accessKeyId: string) => ClientConfig;
  readonly mishaps: Pick<MachineMishaps, "clockSkewMs" | "standsStill">;
}

/** A name that nobody has. @see https://www.rfc-editor.org/rfc/rfc2606#section-2 */
const NO_METADATA = "http://metadata.invalid";

/** Plays an instance until its program ends or the signal comes; what it throws is on its console. */
export async function playInstance(
  instance: Instance,
  {
    consoles,
    signal,
    current,
    ...options
  }: ProgramOptions & {
    readonly consoles: ConsoleOutputs;
    readonly signal: AbortSignal;
    /** The instance as it is when its metadata are asked for. */
    readonly current: () => Instance;
  },
): Promise<void> {
  const { instanceId, instanceType, availabilityZone, userData, boots = 1, tags } = instance;
  const metadata = instanceMetadata({ ...options, instance: current });
  const listener = options.metadataService
    ? await options.movement.track(`metadata of ${instanceId}`, () =>
        options.openListener(async (request) => metadata(request), { allowedHosts: METADATA_ADDRESSES }),
      )
    : undefined;
  try {
    await options.runInstance({
      instanceId,
      instanceType,
      availabilityZone,
      region: options.region,
      userData: decodeUserData(userData),
      boot: boots,
      tags,
      clockSkewMs: options.mishaps.clockSkewMs(instance),
      standsStill: () => options.mishaps.standsStill(instanceId),
      metadataUrl: listener?.url ?? NO_METADATA,
      accessKeyId: accessKeyIdOf(instanceId),
      clientConfig: () => options.clientConfig(accessKeyIdOf(instanceId)),
      signal,
      console: (text) => consoles.append(instanceId, text),
    });
  } catch (error) {
    if (!signal.aborted) consoles.append(instanceId, `${error instanceof Error ? error.stack : error}\n`);
  } finally {
    await listener?.close();
  }
}
