import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import type { StageScope } from "../stage-scope.ts";
import { ANY, allow, policyDocument } from "./policy.ts";
import { IAM_PATH } from "./role.ts";

/**
 * For people whose word a build waits for: what `muster approve` calls beyond the operator policy. Answering names no resource: the token is the permission, and
 * histories hold it, so that reading builds does not yet allow to approve them.
 */
export function createApproverPolicy({ stack, stage, names }: StageScope): IamPolicy {
  return new IamPolicy(stack, "approver_policy", {
    name: names.of("Approver", 128),
    path: IAM_PATH,
    description: `Approves and rejects what waits for it on ${stage.name}`,
    policy: policyDocument([allow("Answer", ["states:SendTaskSuccess", "states:SendTaskFailure"], ANY)]),
  });
}
