import type { Statement } from "../src/iam/policy.ts";
import type { DeployedStage, IamRequest } from "./iam-requests.ts";
import { evaluate } from "./references.ts";
import { roles } from "./role-requests.ts";
import { isAllowed, statementsOf } from "./simulate.ts";

/** What each role of the stage may do. */
export const policies = (at: DeployedStage): [string, Statement[]][] =>
  roles(at).map((role) => [role, statementsOf(at.stack, role)]);

/** The policy of a resource: a bucket's, a key's, a secret's. */
export const resourcePolicy = (at: DeployedStage, type: string, id: string): Statement[] =>
  JSON.parse(evaluate(String(at.stack.resource[type]?.[id]?.policy), at.stack)).Statement;

/** Roles of the stage that may make a request, each as itself. */
export async function whoMay(
  at: DeployedStage,
  request: IamRequest,
  resourcePolicy?: readonly Statement[],
): Promise<string[]> {
  const able: string[] = [];
  for (const [role, statements] of policies(at)) {
    const { name, path } = at.stack.resource.aws_iam_role?.[`${role}_role`] ?? {};
    const principal = `arn:aws:sts::111122223333:assumed-role/${name}/session`;
    const context = { ...request.context, "aws:PrincipalArn": `arn:aws:iam::111122223333:role${path}${name}` };
    const asked = { statements, request: { ...request, context }, principal };
    if (await isAllowed(resourcePolicy === undefined ? asked : { ...asked, resourcePolicy })) able.push(role);
  }
  return able;
}
