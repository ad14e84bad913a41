import { functionNames } from "@muster/pipeline";
import { functionRequests } from "./function-requests.ts";
import type { DeployedStage, IamRequest } from "./iam-requests.ts";
import { withKeyRequests } from "./key-requests.ts";
import { resourcesOf } from "./references.ts";
import { serviceRequests } from "./service-requests.ts";
import { workerRequests } from "./worker-requests.ts";

/** The roles of a stage, by what they are called in the stack: `PrepareActivity`, `MakeBinaryPackage_worker`, `scheduler`. */
export const roles = ({ stack }: DeployedStage): string[] =>
  resourcesOf(stack, "aws_iam_role").map(([id]) => id.replace(/_role$/, ""));

/**
 * Every call that is made with a role.
 * @throws Error for a role that nothing is known to use
 */
export function roleRequests(role: string, at: DeployedStage): IamRequest[] {
  return withKeyRequests(requestsOf(role, at), at.stage);
}

function requestsOf(role: string, at: DeployedStage): IamRequest[] {
  const name = functionNames.find((each) => each === role);
  if (name !== undefined) return functionRequests(name, at);
  const activity = at.pipeline.activities.find((each) => `${each.name}_worker` === role);
  if (activity !== undefined) return workerRequests(activity, at);
  const ofService = serviceRequests[role];
  if (ofService === undefined) throw new Error(`nothing is known to use the role ${role}: say here who does`);
  return ofService(at);
}
