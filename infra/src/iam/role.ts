import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { objectKeyStatements } from "../secrets/encryption-key.ts";
import type { StageScope } from "../stage-scope.ts";
import { policyDocument, type Statement } from "./policy.ts";

/** Where all roles, instance profiles and policies of all stages are: what deploys them may touch nothing outside. */
export const IAM_PATH = "/muster/";

export interface RoleOptions {
  readonly name: string;
  /** `IAM_PATH` where absent. */
  readonly path?: string;
  readonly description: string;
  /** Who may take it: `lambda.amazonaws.com`. */
  readonly service: string;
  /** Services that act for whole accounts are held to this one. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
  readonly onlyThisAccount?: boolean;
  readonly statements: readonly Statement[];
}

export interface Role {
  readonly role: IamRole;
  /** What asks for the permissions as it is created waits for it. */
  readonly policy: IamRolePolicy;
}

/** A role with one inline policy: it ends with the role, and no one else can attach it. */
export function createRole(scope: StageScope, id: string, options: RoleOptions): Role {
  const { stack, stage } = scope;
  const role = new IamRole(stack, `${id}_role`, {
    name: options.name,
    path: options.path ?? IAM_PATH,
    description: options.description,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: options.service },
          Action: "sts:AssumeRole",
          ...(options.onlyThisAccount && { Condition: { StringEquals: { "aws:SourceAccount": stage.account } } }),
        },
      ],
    }),
    ...(stage.permissionsBoundary && { permissionsBoundary: stage.permissionsBoundary }),
  });
  const policy = new IamRolePolicy(stack, `${id}_policy`, {
    name: "permissions",
    role: role.name,
    policy: policyDocument([...options.statements, ...objectKeyStatements(scope, options.statements)]),
  });
  return { role, policy };
}
