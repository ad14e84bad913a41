import type { Service } from "../../service.ts";
import { createEc2, type Ec2Options } from "./ec2.ts";

/** EC2 as a folder tells of it: nothing is launched, so that nothing listens and nothing happens. */
export function viewEc2(
  options: Pick<Ec2Options, "storage" | "clock" | "random" | "movement" | "region" | "accountId">,
): Service {
  const none = () => {
    throw new RangeError("no instance runs in a view");
  };
  return createEc2({
    ...options,
    openListener: none,
    clientConfig: none,
    publish: () => {},
    quotas: () => ({ onDemand: 0, spot: 0 }),
    ssmParameter: () => undefined,
  }).service;
}
