import { type FunctionName, functionNames } from "@muster/pipeline";
import { ACCOUNT, boundaryArn, ROLES, type StageTemplate } from "../bootstrap-template.ts";
import { type DeployedStage, INSTANCE } from "../iam-requests.ts";
import { evaluate, resourcesOf } from "../references.ts";
import { roles } from "../role-requests.ts";
import { type AnyStatement, statementsOf } from "../simulate.ts";
import { resourcePolicy } from "../who-may.ts";
import type { Context } from "./conditions.ts";
import { type Caller, type Question, type ResourcePolicy, type Verdict, verdict } from "./verdict.ts";

/** A caller, and what AWS puts into its requests by itself. */
export interface StageCaller extends Caller {
  readonly context: Context;
}

/** What every request of the SDK carries. */
const OVER_TLS: Context = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:ViaAWSService": "false" };

/**
 * Whoever may call AWS where a stage is: its roles, by what they are called in the stack, workers' by their activity; the two policies that people get; the roles of plans and deployments; an
 * administrator; AWS's services by their names; and whoever else, `anyone`.
 */
export function stageCallers(at: DeployedStage, bootstrap: StageTemplate): Map<string, StageCaller> {
  const ofStage = roles(at).map((role): [string, StageCaller] => {
    const { name, path } = at.stack.resource.aws_iam_role?.[`${role}_role`] ?? {};
    return [
      role.replace(/_worker$/, ""),
      {
        principal: iam(`role${path}${name}`),
        statements: statementsOf(at.stack, role),
        boundary: at.stage.permissionsBoundary === boundaryArn(at.stage.name) ? bootstrap.boundary : undefined,
        context: { ...OVER_TLS, ...sourceOf(role, at) },
      },
    ];
  });
  const person = (name: string, statements: readonly AnyStatement[]): [string, StageCaller] => [
    name,
    { principal: iam(`role/${name}`), statements, context: OVER_TLS },
  ];
  return new Map([
    ...ofStage,
    ...["operator", "approver"].map((name) => person(name, attachedPolicy(at, `${name}_policy`))),
    ...ROLES.map((role) => person(role, bootstrap.policiesOf(role))),
    person("administrator", [{ Sid: "All", Effect: "Allow", Action: ["*"], Resource: ["*"] }]),
    person("anyone", []),
    ...SERVICES.map((principal): [string, StageCaller] => [
      principal,
      { principal, statements: [], context: OVER_TLS },
    ]),
  ]);
}

const iam = (rest: string): string => `arn:aws:iam::${ACCOUNT}:${rest}`;

const SERVICES = [
  "cloudfront.amazonaws.com",
  "cloudwatch.amazonaws.com",
  "delivery.logs.amazonaws.com",
  "ec2.amazonaws.com",
  "events.amazonaws.com",
  "lambda.amazonaws.com",
  "logging.s3.amazonaws.com",
];

const attachedPolicy = ({ stack }: DeployedStage, id: string): AnyStatement[] =>
  JSON.parse(evaluate(String(stack.resource.aws_iam_policy?.[id]?.policy), stack)).Statement;

/** What credentials of functions and machines carry, whoever has them. */
function sourceOf(role: string, { names }: DeployedStage): Context {
  const name = functionNames.find((each: FunctionName) => each === role);
  if (name !== undefined) return { "lambda:SourceFunctionArn": names.arn("lambda", `function:${names.lambda(name)}`) };
  return role.endsWith("_worker") ? { "ec2:SourceInstanceARN": names.arn("ec2", `instance/${INSTANCE}`) } : {};
}

/** What IAM answers a caller, with the policy of what is asked for as the stage deploys it. */
export function asking(
  at: DeployedStage,
  callers: ReadonlyMap<string, StageCaller>,
): (who: string, question: Question) => Verdict {
  const policyOf = resourcePolicies(at);
  return (who, question) => {
    const caller = callers.get(who);
    if (caller === undefined) throw new Error(`nobody is called ${who}`);
    const asked = { ...question, context: { ...caller.context, ...question.context } };
    return verdict(caller, asked, policyOf(asked));
  };
}

/** Policies of buckets, keys (by their alias), secrets and topics, and of roles that are taken. */
function resourcePolicies(at: DeployedStage): (question: Question) => ResourcePolicy | undefined {
  const { stack } = at;
  const byName = (type: string, name: string, policyType: string): [string, ResourcePolicy][] =>
    resourcesOf(stack, type).map(([id, body]) => [
      evaluate(String(body[name]), stack),
      { statements: resourcePolicy(at, policyType, `${id}_policy`), decidesAlone: false },
    ]);
  const buckets = new Map(byName("aws_s3_bucket", "bucket", "aws_s3_bucket_policy"));
  const secrets = new Map(byName("aws_secretsmanager_secret", "name", "aws_secretsmanager_secret_policy"));
  const topics = new Map(byName("aws_sns_topic", "name", "aws_sns_topic_policy"));
  const keys = new Map(
    resourcesOf(stack, "aws_kms_alias").map(([id, { name }]): [string, ResourcePolicy] => [
      String(name),
      { statements: resourcePolicy(at, "aws_kms_key", id.replace(/_alias$/, "")), decidesAlone: true },
    ]),
  );
  const trusts = new Map(
    resourcesOf(stack, "aws_iam_role").map(([, { path, name, assume_role_policy }]): [string, ResourcePolicy] => [
      iam(`role${path}${name}`),
      { statements: JSON.parse(String(assume_role_policy)).Statement.map(asLists), decidesAlone: true },
    ]),
  );
  return ({ action, resource, context = {} }) => {
    const [, , service = "", , , ...rest] = resource.split(":");
    switch (service) {
      case "s3":
        return buckets.get(rest[0]?.split("/")[0] ?? "");
      case "secretsmanager":
        return secrets.get(rest.at(-1)?.replace(/-.{6}$/, "") ?? "");
      case "sns":
        return topics.get(rest[0] ?? "");
      case "kms":
        return keys.get(String(context["kms:ResourceAliases"])) ?? NOBODYS;
      case "iam":
        return action === "sts:AssumeRole" ? (trusts.get(resource) ?? NOBODYS) : undefined;
      default:
        return undefined;
    }
  };
}

/** Of a key or a role that is not the stage's: it leaves all to the account's own policies, as by default. */
const NOBODYS: ResourcePolicy = {
  statements: [{ Sid: "Default", Effect: "Allow", Principal: { AWS: iam("root") }, Action: ["*"], Resource: ["*"] }],
  decidesAlone: true,
};

const asLists = (statement: Readonly<Record<string, unknown>>): AnyStatement =>
  ({ ...statement, Action: [statement.Action].flat() }) as unknown as AnyStatement;
