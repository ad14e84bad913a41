import type { ClientConfig } from "../../client-config.ts";

/** One instance as the program that plays it sees it. */
export interface RunningInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly region: string;
  /** Decoded. */
  readonly userData: string;
  /** Counts from 1: user data runs at the first boot. */
  readonly boot: number;
  /** Tags at boot. */
  readonly tags: Readonly<Record<string, string>>;
  /** By how much its clock is wrong, by a plan of faults; ahead of AWS's if positive. */
  readonly clockSkewMs: number;
  /** It has come to a stand by a plan of faults, in the middle of whatever it did: nothing more may come of it. */
  readonly standsStill: () => boolean;
  /** This instance's own metadata service, for AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly metadataUrl: string;
  /** The access key id of the credentials that the metadata service hands out: calls made with it are this instance's. */
  readonly accessKeyId: string;
  /** For clients that run in this process. */
  readonly clientConfig: () => ClientConfig;
  /** Aborted when the instance is stopped or terminated, or the endpoint closes; the power then goes off when this promise settles. */
  readonly signal: AbortSignal;
  /** Adds to what GetConsoleOutput answers. */
  readonly console: (text: string) => void;
}

/**
 * What a started instance does. Called once for each boot. Resolving is a shutdown from inside: the instance is then stopped or
 * terminated, as it was launched to be; rejecting is the same, with the error on its console. User data that has ended is none: the
 * instance runs on.
 */
export type RunInstance = (instance: RunningInstance) => Promise<void>;

/** An instance that does nothing until it is told to end. */
export const idleInstance: RunInstance = ({ signal }) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
