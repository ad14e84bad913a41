import { createHash } from "node:crypto";
import type { Instance } from "./instance.ts";

/** What EC2 makes with an instance, under ids that follow from its own. */
export const ROOT_DEVICE = "/dev/sda1";

export const volumeIdOf = ({ instanceId }: Instance): string => `vol-${instanceId.slice(2)}`;

export const interfaceIdOf = ({ instanceId }: Instance): string => `eni-${instanceId.slice(2)}`;

export const spotRequestIdOf = ({ market, instanceId }: Instance): string | undefined =>
  market === "spot" ? `sir-${instanceId.slice(2, 10)}` : undefined;

/** A locally administered one. */
export const macAddressOf = ({ instanceId }: Instance): string =>
  `02:${instanceId.slice(-10).replace(/..(?=.)/g, "$&:")}`;

export const instanceProfileIdOf = (arn: string): string =>
  `AIPA${createHash("sha256").update(arn).digest("hex").slice(0, 17).toUpperCase()}`;

/** A terminated instance has no volume and no network any more. */
export const isGone = ({ state }: Instance): boolean => state === "terminated";
