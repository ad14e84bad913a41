import type { AnyStatement } from "../simulate.ts";
import { type Context, conditionsHold, isAction, isResource, resolve } from "./conditions.ts";

/** Who asks, as AWS knows them. */
export interface Caller {
  /** A role's ARN, whose session asks; or a service: `cloudfront.amazonaws.com`. */
  readonly principal: string;
  /** What is attached to the role; nothing to a service. */
  readonly statements: readonly AnyStatement[];
  /** The most that the role can do; undefined where it has no boundary. */
  readonly boundary?: readonly AnyStatement[] | undefined;
}

export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

/** The policy of what is asked for; undefined where it has none. */
export interface ResourcePolicy {
  readonly statements: readonly AnyStatement[];
  /** Of keys and of roles that are taken: nobody's own policy counts unless this one lets the account's count. */
  readonly decidesAlone: boolean;
}

export type Verdict = "allowed" | "denied" | "not allowed";

/**
 * What IAM answers within one account, by the rules that AWS writes down, and by nobody's code: an organisation's policies and session policies are absent, as they are
 * for machines, functions and services of a stage, and could only take away.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function verdict(caller: Caller, question: Question, policy: ResourcePolicy | undefined): Verdict {
  const { principal, boundary } = caller;
  const context = { ...question.context, ...(isRole(principal) && { "aws:PrincipalArn": principal }) };
  const speaks = (statement: AnyStatement) => isAbout(statement, { ...question, context });
  const own = caller.statements.filter(speaks);
  const limits = boundary?.filter(speaks);
  const ofResource =
    policy?.statements.filter((each) => isPrincipal(each, principal) !== undefined && speaks(each)) ?? [];
  if ([...own, ...(limits ?? []), ...ofResource].some(({ Effect }) => Effect === "Deny")) return "denied";
  const allows = (statements: readonly AnyStatement[]) => statements.some(({ Effect }) => Effect === "Allow");
  const named = ofResource.filter((each) => isPrincipal(each, principal) === "itself");
  const isDelegated = ofResource.some((each) => each.Effect === "Allow" && isPrincipal(each, principal) === "account");
  // A grant to a role's ARN is within the role's boundary, like what is attached to it.
  const isGranted = allows(named) || (allows(own) && (!policy?.decidesAlone || isDelegated));
  return isGranted && (limits === undefined || allows(limits)) ? "allowed" : "not allowed";
}

const isRole = (principal: string): boolean => principal.startsWith("arn:");

/** Whether a statement is about a question: its action, its resource and all of its conditions. */
function isAbout(statement: AnyStatement, { action, resource, context = {} }: Question): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const listed = (actions: readonly string[]) => actions.some((each) => isAction(each, action));
  const named = (resources: readonly string[]) =>
    resources.some((each) => {
      const resolved = resolve(each, context);
      return resolved !== undefined && isResource(resolved, resource);
    });
  const isActionOf = Action !== undefined ? listed(Action) : NotAction !== undefined && !listed(NotAction);
  // A role's trust names no resource: it is the role.
  const isResourceOf = Resource !== undefined ? named(Resource) : NotResource === undefined || !named(NotResource);
  return isActionOf && isResourceOf && conditionsHold(Condition, context);
}

/**
 * How a statement of a resource's policy means a caller: itself, or the account as a whole, which only lets the account's own policies count.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function isPrincipal({ Principal }: AnyStatement, principal: string): "itself" | "account" | undefined {
  if (Principal === undefined) return undefined;
  const kinds: Readonly<Record<string, string | readonly string[]>> = Principal === "*" ? { AWS: "*" } : Principal;
  const named = Object.values(kinds).flat() as string[];
  if (named.includes("*") || named.includes(principal)) return "itself";
  const account = isRole(principal) ? principal.split(":")[4] : undefined;
  if (account !== undefined && named.some((each) => each === account || each.endsWith(`:iam::${account}:root`)))
    return "account";
  return undefined;
}
