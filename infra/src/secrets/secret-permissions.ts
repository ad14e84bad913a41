import type { Activity } from "@muster/pipeline";
import { allow, type Statement } from "../iam/policy.ts";
import type { StageScope } from "../stage-scope.ts";

/** What an activity's workers may do with the secrets that its definition names, and with no other. */
export function secretStatements({ secrets = [] }: Activity, { names }: StageScope): Statement[] {
  const keys = secrets.filter((secret) => secret.kind === "kms-key");
  const values = secrets.filter((secret) => secret.kind === "secrets-manager");
  return [
    ...(keys.length > 0
      ? [
          // A key's id is AWS's choice; its alias is what the definition knows.
          allow("DecryptWithKeys", ["kms:Decrypt"], [names.arn("kms", "key/*")], {
            "ForAnyValue:StringEquals": { "kms:ResourceAliases": keys.map(names.secret) },
          }),
        ]
      : []),
    ...(values.length > 0
      ? [
          allow(
            "ReadSecrets",
            ["secretsmanager:GetSecretValue"],
            // Secrets Manager ends a secret's ARN in six characters of its own.
            values.map((secret) => names.arn("secretsmanager", `secret:${names.secret(secret)}-??????`)),
          ),
        ]
      : []),
  ];
}
