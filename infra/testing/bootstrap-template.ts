import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Condition } from "../src/iam/policy.ts";
import { resolveTemplate, type Template, type Values } from "./cloud-formation.ts";
import type { IamRequest } from "./iam-requests.ts";
import { type AnyStatement, decide } from "./simulate.ts";

export const ACCOUNT = "111122223333";
export const STATE_BUCKET = `muster-terraform-state-${ACCOUNT}`;
export const stateBucketArn = `arn:aws:s3:::${STATE_BUCKET}`;
export const policyArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
export const boundaryArn = (stage: string): string => policyArn(`muster-boundary-${stage}`);

const ENVIRONMENT = {
  "AWS::AccountId": ACCOUNT,
  "AWS::Partition": "aws",
  "AWS::Region": "us-west-2",
  StateBucket: STATE_BUCKET,
  "StateBucket.Arn": stateBucketArn,
};

const read = (name: string): string => readFileSync(join(import.meta.dirname, "../bootstrap", name), "utf8");

/** What an account has once. */
export const accountTemplate = (): Template => resolveTemplate(read("bootstrap.yaml"), ENVIRONMENT);

/** The managed policies of a stage's template, by what they are called there, and what their names begin with. */
const MANAGED: Readonly<Record<string, string>> = {
  Boundary: "muster-boundary",
  DeployContents: "muster-deploy-contents",
  DeployNames: "muster-deploy-names",
  DeployNetwork: "muster-deploy-network",
  DeployRoles: "muster-deploy-roles",
  Refresh: "muster-refresh",
};

export const asList = (value: unknown): string[] => [value].flat() as string[];

const LISTS = ["Action", "NotAction", "Resource", "NotResource"];

export const statements = (document: unknown): AnyStatement[] =>
  (document as { Statement: Record<string, unknown>[] }).Statement.map(
    (each) =>
      Object.fromEntries(
        Object.entries(each).map(([key, value]) => [key, LISTS.includes(key) ? asList(value) : value]),
      ) as unknown as AnyStatement,
  );

export const ROLES = ["PlanRole", "MainPlanRole", "DeployRole"] as const;
export type Role = (typeof ROLES)[number];
const ROLE_NAMES: Readonly<Record<Role, string>> = {
  PlanRole: "muster-plan",
  MainPlanRole: "muster-main-plan",
  DeployRole: "muster-deploy",
};

/** The template of one stage, as it is made with these parameters, and what its roles may do. */
export interface StageTemplate {
  readonly stage: string;
  readonly template: Template;
  readonly boundary: readonly AnyStatement[];
  /** Policies with a quota of their own each. */
  readonly managed: Readonly<Record<string, unknown>>;
  inlinePolicies(role: Role): unknown[];
  /** Everything that a role's policies say. */
  policiesOf(role: Role): AnyStatement[];
  /** Under which condition a role is taken. */
  trust(role: Role): Condition | undefined;
  /** What IAM answers a role. */
  asker(role: Role): Asker;
}
export type Asker = (action: string, resource: string, context?: IamRequest["context"]) => Promise<string>;

/** @param parameters beside `Stage` and `Repository` */
export function stageTemplate(stage: string, parameters: Values = {}): StageTemplate {
  const arns = Object.fromEntries(Object.entries(MANAGED).map(([id, name]) => [id, policyArn(`${name}-${stage}`)]));
  const template = resolveTemplate(read("stage.yaml"), {
    ...ENVIRONMENT,
    ...arns,
    Stage: stage,
    Repository: "owner/name",
    ...parameters,
  });
  const properties = (id: string): Record<string, unknown> => template.Resources[id]?.Properties ?? {};
  const managed = Object.fromEntries(Object.keys(MANAGED).map((id) => [id, properties(id).PolicyDocument]));
  const inlinePolicies = (role: Role): unknown[] =>
    (properties(role).Policies as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument);
  const policiesOf = (role: Role): AnyStatement[] => {
    const attached = asList(properties(role).ManagedPolicyArns).map((arn) => {
      const [id] = Object.entries(arns).find(([, each]) => each === arn) ?? [];
      if (id === undefined) throw new Error(`${role} has ${arn}, which is not this template's`);
      return managed[id];
    });
    return [...attached, ...inlinePolicies(role)].flatMap(statements);
  };
  const tags = (role: Role) =>
    Object.fromEntries(
      (properties(role).Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [
        `aws:PrincipalTag/${Key}`,
        Value,
      ]),
    );
  return {
    stage,
    template,
    managed,
    boundary: statements(managed.Boundary),
    inlinePolicies,
    policiesOf,
    trust: (role) => statements(properties(role).AssumeRolePolicyDocument)[0]?.Condition,
    asker: (role) => {
      const name = `${ROLE_NAMES[role]}-${stage}`;
      const policies = policiesOf(role);
      const own = { ...tags(role), "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/${name}` };
      const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/session`;
      return (action, resource, context = {}) =>
        decide({
          statements: policies.filter((each) => isAbout(each, action)),
          principal,
          request: { action, resource, context: { ...own, ...context } },
        });
    },
  };
}

/** Statements of other actions say nothing of this one, and take the evaluator's time. */
export const isAbout = ({ Action }: AnyStatement, action: string): boolean =>
  Action === undefined || Action.some((pattern) => matches(pattern, action));

/** Whether an action is one of those that a policy's pattern means. */
export const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(action);
