import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { type Instance, isVisible } from "./instance.ts";

/** Whether EC2's read side has heard of the instance yet. */
export function isKnown({ clock, visibilityDelayMs, mishaps }: Ec2Context, instance: Instance): boolean {
  const delayMs = Math.max(visibilityDelayMs, mishaps.unseenMs(instance.instanceId));
  return instance.launchMs + delayMs <= clock.now() && isVisible(instance, clock.now());
}

/** The instances with these ids, in this order; throws, naming every id that is malformed or unknown. */
export function findInstances(context: Ec2Context, instanceIds: readonly string[] = []): Instance[] {
  const malformed = instanceIds.find((instanceId) => !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(instanceId));
  if (malformed !== undefined) throw new AwsError("InvalidInstanceID.Malformed", `Invalid id: "${malformed}"`);
  const found = instanceIds.map((instanceId) => context.lifecycle.get(instanceId));
  const missing = instanceIds.filter((_, index) => {
    const instance = found[index];
    return instance === undefined || !isKnown(context, instance);
  });
  if (missing.length > 0) throw notFound(missing);
  return found.filter((instance) => instance !== undefined);
}

function notFound(instanceIds: readonly string[]): AwsError {
  const [only] = instanceIds;
  const message =
    instanceIds.length === 1
      ? `The instance ID '${only}' does not exist`
      : `The instance IDs '${instanceIds.join(", ")}' do not exist`;
  return new AwsError("InvalidInstanceID.NotFound", message);
}
