import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { SecretsmanagerSecretPolicy } from "@cdktf/provider-aws/lib/secretsmanager-secret-policy/index.js";
import type { Activity, Secret } from "@muster/pipeline";
import { policyDocument, THE_RESOURCE_ITSELF } from "../iam/policy.ts";
import { secretNameOf, toldHere } from "../notifications/told-here.ts";
import type { StageScope } from "../stage-scope.ts";
import { keyAdministration } from "./key-administration.ts";

/** ARNs of the roles that may read a secret. */
export interface SecretReaders {
  /** By activity. */
  readonly workers: ReadonlyMap<Activity, string>;
  /** Of the function that tells of builds' ends. */
  readonly notifier: string;
}

/**
 * The keys and secrets that the pipeline names, each readable by the workers of the activities that name it, and by Notify where a notification does.
 * A secret has no value until a person puts one there: values never pass through Terraform.
 */
export function createSecrets(scope: StageScope, readers: SecretReaders): void {
  if (scope.stage.secrets === "existing") return;
  for (const [name, { kind, principals }] of declaredSecrets(scope, readers)) {
    if (kind === "kms-key") createKey(scope, name, principals);
    else createSecret(scope, name, principals);
  }
}

interface DeclaredSecret {
  readonly kind: Secret["kind"];
  readonly principals: string[];
}

/** By the name on the stage, in the order of the definition. */
function declaredSecrets(scope: StageScope, { workers, notifier }: SecretReaders): Map<string, DeclaredSecret> {
  const { pipeline, names } = scope;
  const declared = new Map<string, DeclaredSecret>();
  const declare = (name: string, kind: Secret["kind"], reader: string) => {
    const known = declared.get(name) ?? { kind, principals: [] };
    if (!known.principals.includes(reader)) known.principals.push(reader);
    declared.set(name, known);
  };
  for (const activity of pipeline.activities) {
    for (const secret of activity.secrets ?? []) {
      declare(names.secret(secret), secret.kind, workers.get(activity) as string);
    }
  }
  for (const notification of toldHere(scope)) {
    const name = secretNameOf(notification, scope);
    if (name !== undefined) declare(name, "secrets-manager", notifier);
  }
  return declared;
}

/** Only these roles decrypt: the account's own policies may administer the key, and encrypt with it, but cannot grant that. */
function createKey({ stack, stage, names }: StageScope, alias: string, readers: readonly string[]): void {
  const id = resourceId(alias.replace(/^alias\//, ""));
  const key = new KmsKey(stack, `key_${id}`, {
    description: `${names.of("Secrets", 255)}: ${alias}`,
    enableKeyRotation: true,
    deletionWindowInDays: stage.disposable ? 7 : 30,
    policy: policyDocument([
      ...keyAdministration(names),
      {
        Sid: "Decrypt",
        Effect: "Allow",
        Principal: { AWS: readers },
        Action: ["kms:Decrypt"],
        Resource: THE_RESOURCE_ITSELF,
      },
    ]),
    ...(!stage.disposable && { lifecycle: { preventDestroy: true } }),
  });
  new KmsAlias(stack, `key_${id}_alias`, { name: alias, targetKeyId: key.keyId });
}

function createSecret({ stack, stage }: StageScope, name: string, readers: readonly string[]): void {
  const id = `secret_${resourceId(name)}`;
  const secret = new SecretsmanagerSecret(stack, id, {
    name,
    description: "Put its value with `aws secretsmanager put-secret-value`",
    recoveryWindowInDays: stage.disposable ? 0 : 30,
  });
  new SecretsmanagerSecretPolicy(stack, `${id}_policy`, {
    secretArn: secret.arn,
    blockPublicPolicy: true,
    policy: policyDocument([
      {
        Sid: "ReadersAlone",
        Effect: "Deny",
        Principal: "*",
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
        Resource: THE_RESOURCE_ITSELF,
        Condition: { ArnNotEquals: { "aws:PrincipalArn": readers } },
      },
    ]),
  });
}

const resourceId = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, "_");
