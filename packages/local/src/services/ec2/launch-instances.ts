import type { Ec2Context } from "./ec2-context.ts";
import type { Instance } from "./instance.ts";
import type { LaunchPlan } from "./plan-launch.ts";

/** Makes `count` instances of a plan and boots them. */
export function launchInstances(
  context: Ec2Context,
  plan: LaunchPlan,
  count: number,
  clientToken?: string,
): Instance[] {
  const { lifecycle, random, clock } = context;
  const reservationId = `r-${random.hex(17)}`;
  const instances = Array.from({ length: count }, (_, launchIndex): Instance => {
    const instanceId = newInstanceId(context);
    return {
      ...plan,
      instanceId,
      reservationId,
      state: "pending",
      launchMs: clock.now(),
      launchIndex,
      privateIpAddress: addressIn(context, plan.subnetId, instanceId),
      ...(clientToken !== undefined && { clientToken }),
    };
  });
  lifecycle.launch(instances);
  return instances;
}

/** A seeded source of ids starts anew with the process; the folder remembers the ids of the last one. */
function newInstanceId({ lifecycle, random }: Ec2Context): string {
  for (;;) {
    const instanceId = `i-${random.hex(17)}`;
    if (lifecycle.get(instanceId) === undefined) return instanceId;
  }
}

/** Looks like an address of the subnet; nothing listens there. */
function addressIn({ network }: Ec2Context, subnetId: string, instanceId: string): string {
  const { zoneIndex } = network.subnet(subnetId);
  const host = Number.parseInt(instanceId.slice(-3), 16);
  return `172.31.${zoneIndex * 16 + (host >> 8)}.${host & 255}`;
}
