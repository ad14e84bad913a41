import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { Statement } from "../src/iam/policy.ts";
import type { IamRequest } from "./iam-requests.ts";
import { evaluate } from "./references.ts";
import type { SynthesisedStack } from "./synth-stage.ts";

const ACCOUNT = "111122223333";

/** The statements of a role's one policy, evaluated. */
export function statementsOf(stack: SynthesisedStack, id: string): Statement[] {
  const policy = stack.resource.aws_iam_role_policy?.[`${id}_policy`]?.policy;
  if (policy === undefined) throw new Error(`there is no policy ${id}_policy`);
  return JSON.parse(evaluate(String(policy), stack)).Statement;
}

/** A statement as IAM takes it, and Muster's own policies of stages do not have it: by what it is not about, too. */
export interface AnyStatement extends Omit<Statement, "Action" | "Resource"> {
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
}

export interface Asked {
  /** Of the caller. */
  readonly statements: readonly AnyStatement[];
  readonly request: IamRequest;
  readonly principal?: string;
  readonly resourcePolicy?: readonly AnyStatement[];
}

/**
 * How IAM decides, by the evaluator's word.
 * @throws Error for a policy, action, resource or condition key that AWS does not know
 */
export async function decide({ statements, request, principal, resourcePolicy }: Asked): Promise<string> {
  const { action, context = {} } = request;
  const resource = withAccount(request.resource);
  const document = (Statement: readonly AnyStatement[]) => ({
    Version: "2012-10-17",
    Statement: Statement.map((each) => ({
      ...each,
      ...(each.Resource && { Resource: each.Resource.map(withAccount) }),
    })),
  });
  // Without its key's consent, no identity's policy counts.
  const policyOfResource = resourcePolicy ?? (action.startsWith("kms:") ? consentingKey : undefined);
  const outcome = await runSimulation(
    {
      request: {
        principal: principal ?? `arn:aws:sts::${ACCOUNT}:assumed-role/some-role/session`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: structuredClone(context) as Record<string, string | string[]>,
      },
      identityPolicies: statements.length > 0 ? [{ name: "role", policy: document(statements) }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(policyOfResource && { resourcePolicy: document(policyOfResource) }),
    },
    {},
  );
  if (outcome.resultType === "error") throw new Error(`${action} ${resource}: ${JSON.stringify(outcome.errors)}`);
  return outcome.overallResult;
}

/** A key that leaves all to its account's policies. */
const consentingKey: readonly Statement[] = [
  {
    Sid: "Consent",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: ["kms:*"],
    Resource: ["*"],
  },
];

/** AWS's public parameters belong to no account, which the evaluator does not know. */
const withAccount = (arn: string): string => arn.replace(/(:ssm:[a-z0-9*-]+:)(:parameter\/aws\/)/, "$1000000000000$2");

export const isAllowed = async (asked: Asked): Promise<boolean> => (await decide(asked)) === "Allowed";
