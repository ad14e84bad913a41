/** One statement of a policy, as IAM reads it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What one principal may do. */
export function allow(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: Condition,
): Statement {
  return { Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}

/** For what AWS has no resource to name; every use says in a comment why. */
export const ANY = ["*"] as const;

/** In the policy of a key or a secret, `*` is that key or secret: there is no other to name. */
export const THE_RESOURCE_ITSELF = ["*"] as const;

export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A variable of a policy, which Terraform would otherwise take for its own: `${ec2:InstanceID}`. */
export const policyVariable = (name: string): string => `$\${${name}}`;
