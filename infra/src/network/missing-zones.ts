import { DataAwsAvailabilityZones } from "@cdktf/provider-aws/lib/data-aws-availability-zones/index.js";
import type { StageScope } from "../stage-scope.ts";

/**
 * Has each plan say which zones of the region have no subnet: a launch looks for capacity in the others alone. It is a warning, because a stage may mean
 * it so, and because a region that grows must not stop a deployment. Terraform alone knows a region's zones; cdktf does not know its checks.
 * @see https://developer.hashicorp.com/terraform/language/block/check
 */
export function warnOfMissingZones({ stack, stage }: StageScope, zones: readonly string[]): void {
  const region = new DataAwsAvailabilityZones(stack, "zones", {
    filter: [{ name: "zone-type", values: ["availability-zone"] }],
  });
  const missing = `setsubtract(data.${region.terraformResourceType}.${region.friendlyUniqueId}.names, ${JSON.stringify(zones)})`;
  stack.addOverride("check.every_zone_has_a_subnet", {
    assert: {
      condition: `\${length(${missing}) == 0}`,
      error_message: `The stage ${stage.name} has no subnet in \${join(", ", ${missing})}: add them to network.zones in stages.ts, or launches have less capacity to choose from.`,
    },
  });
}
