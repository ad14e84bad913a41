import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type YAMLSeq } from "yaml";
import type { Condition, Statement } from "../src/iam/policy.ts";
import { ref } from "./references.ts";
import { decide } from "./simulate.ts";

/** The bootstrap's CloudFormation template, as it is made in one account. */
export interface BootstrapTemplate {
  readonly Parameters: Readonly<Record<string, { AllowedPattern?: string }>>;
  readonly Outputs: Readonly<Record<string, { Value: unknown }>>;
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }>
  >;
}

export const ACCOUNT = "111122223333";
export const stateBucketArn = `arn:aws:s3:::muster-terraform-state-${ACCOUNT}`;
export const policyArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
export const boundaryArn: string = policyArn("muster-boundary");

/** What the template's references and attributes become. */
const VARIABLES: Readonly<Record<string, string>> = {
  "AWS::AccountId": ACCOUNT,
  "AWS::Partition": "aws",
  "AWS::Region": "us-west-2",
  Repository: "owner/name",
  Stages: "hhvm,staging",
  "StateBucket.Arn": stateBucketArn,
  StateBucket: stateBucketArn.replace("arn:aws:s3:::", ""),
  Boundary: boundaryArn,
  Refresh: policyArn("muster-refresh"),
};

const text = readFileSync(join(import.meta.dirname, "../bootstrap/bootstrap.yaml"), "utf8");

/** The template with these parameters in place of the usual ones. */
export const bootstrapTemplate = (parameters: Readonly<Record<string, string>> = {}): BootstrapTemplate =>
  resolve(readTemplate(), { ...VARIABLES, ...parameters }) as BootstrapTemplate;

/** A part of the template as CloudFormation would make it, as far as its functions go. */
function resolve(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, variables));
  if (typeof value !== "object" || value === null) return value;
  const object = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, variables)]));
  if (object["Fn::Sub"] !== undefined) {
    const [text, own = {}] = [object["Fn::Sub"]].flat() as [string, Record<string, string>?];
    return Object.entries({ ...variables, ...own }).reduce(
      (done, [name, replacement]) => done.replaceAll(ref(name), replacement),
      text,
    );
  }
  if (Array.isArray(object["Fn::Split"])) {
    const [delimiter, text] = object["Fn::Split"] as [string, string];
    return text.split(delimiter);
  }
  if (Array.isArray(object["Fn::Select"])) {
    const [index, list] = object["Fn::Select"] as [number, unknown[]];
    return list[index];
  }
  if (typeof object.Ref === "string" && object.Ref in variables) return variables[object.Ref];
  if (Array.isArray(object["Fn::GetAtt"])) return variables[object["Fn::GetAtt"].join(".")];
  return object;
}

/** The template, with CloudFormation's short forms written out. */
const readTemplate = (): unknown =>
  parse(text, {
    customTags: [
      { tag: "!Sub", resolve: (value: string) => ({ "Fn::Sub": value }) },
      ...["Select", "Split"].map((name) => ({
        tag: `!${name}`,
        collection: "seq" as const,
        resolve: (list: unknown) => ({ [`Fn::${name}`]: (list as YAMLSeq).toJSON() }),
      })),
    ],
  });

const template = bootstrapTemplate();

export const properties = (name: string): Record<string, unknown> => template.Resources[name]?.Properties ?? {};

export const asList = (value: unknown): string[] => [value].flat() as string[];

export const statements = (document: unknown): Statement[] =>
  (document as { Statement: Record<string, unknown>[] }).Statement.map(
    (each) => ({ ...each, Action: asList(each.Action), Resource: asList(each.Resource ?? []) }) as unknown as Statement,
  );

export const inlinePolicies = (role: string): unknown[] =>
  (properties(role).Policies as { PolicyDocument: unknown }[]).map(({ PolicyDocument }) => PolicyDocument);

/**
 * Everything that a role may do: its own policies, and those of this template that it refers to.
 * @throws Error for a role with a policy that is AWS's to change
 */
export function policiesOf(role: string): Statement[] {
  const managed = asList(properties(role).ManagedPolicyArns ?? []).map((arn) => {
    if (arn !== VARIABLES.Refresh) throw new Error(`${role} has ${arn}, which is not this template's`);
    return properties("Refresh").PolicyDocument;
  });
  return [...managed, ...inlinePolicies(role)].flatMap(statements);
}

/** Under which condition a role of the template is taken. */
export const trust = (role: string, { Resources }: BootstrapTemplate = template): Condition | undefined =>
  statements(Resources[role]?.Properties.AssumeRolePolicyDocument)[0]?.Condition;

/** What IAM answers a role of the template. */
export const asker =
  (role: string) =>
  (action: string, resource: string, context: Record<string, string> = {}): Promise<string> =>
    decide({ statements: policiesOf(role), request: { action, resource, context } });

/** Whether an action is one of those that a policy's pattern means. */
export const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll("*", ".*")}$`, "i").test(action);
