import { expect, test } from "vitest";
import {
  ACCOUNT,
  accountTemplate,
  ROLES,
  stageTemplate,
  stateBucketArn,
  statements,
} from "../testing/bootstrap-template.ts";
import { type AnyStatement, decide } from "../testing/simulate.ts";

const account = accountTemplate();
const policy = statements(account.Resources.StateBucketPolicy?.Properties.PolicyDocument);

test("Terraform's state is encrypted, versioned, private, and outlives the bootstrap's stack", () => {
  expect(account.Resources.StateBucket).toMatchObject({
    DeletionPolicy: "Retain",
    Properties: {
      VersioningConfiguration: { Status: "Enabled" },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  });
  expect(JSON.stringify(account.Resources.StateBucket?.Properties.BucketEncryption)).toContain("aws:kms");
});

test("the outputs say where the bucket is, for stages of another region", () => {
  const values = Object.fromEntries(Object.entries(account.Outputs).map(([name, { Value }]) => [name, Value]));
  expect(values).toEqual({ StateBucket: "muster-terraform-state-111122223333", StateRegion: "us-west-2" });
});

/** A role that was given everything: what is left is what the bucket itself says. */
const everything: readonly AnyStatement[] = [{ Effect: "Allow", Action: ["*"], Resource: ["*"] }];

function ask(role: string, tags: Readonly<Record<string, string>>) {
  const own = {
    "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/${role}`,
    "aws:SecureTransport": "true",
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
  };
  const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/${role.split("/").at(-1)}/session`;
  return (action: string, path = "") =>
    decide({
      statements: everything,
      principal,
      request: { action, resource: `${stateBucketArn}${path}`, context: own },
      resourcePolicy: policy,
    });
}

const tags = { "muster:stage": "hhvm", "muster:state": "muster/hhvm.tfstate" };

test.each(["muster-deploy-hhvm", "muster-plan-hhvm", "muster-main-plan-hhvm", "muster/hhvm-repair"])(
  "the bucket denies %s its settings and earlier versions, whatever the role's policies say",
  async (role) => {
    const asked = ask(role, tags);
    const settings = "DeleteBucket DeleteBucketPolicy PutBucketPolicy PutBucketVersioning PutLifecycleConfiguration";
    for (const name of settings.split(" ")) expect(await asked(`s3:${name}`), name).toBe("ExplicitlyDenied");
    for (const key of ["/muster/hhvm.tfstate", "/muster/hhvm.tfstate.tflock", "/plans/main/hhvm/1-1.tar.gz"])
      expect(await asked("s3:DeleteObjectVersion", key), key).toBe("ExplicitlyDenied");
    expect(await asked("s3:DeleteObject", "/muster/hhvm.tfstate")).toBe("ExplicitlyDenied");
  },
);

test("the bucket has each role keep to its own stage's state and plans", async () => {
  const asked = ask("muster-deploy-hhvm", tags);
  for (const key of ["/muster/hhvm.tfstate", "/plans/main/hhvm/1-1.tar.gz"])
    expect(await asked("s3:GetObject", key), key).toBe("Allowed");
  expect(await asked("s3:PutObject", "/muster/hhvm.tfstate")).toBe("Allowed");
  expect(await asked("s3:DeleteObject", "/muster/hhvm.tfstate.tflock")).toBe("Allowed");
  for (const key of ["/muster/staging.tfstate", "/muster/staging.tfstate.tflock", "/plans/main/staging/1-1.tar.gz"])
    for (const name of ["GetObject", "GetObjectVersion", "PutObject", "DeleteObject"])
      expect(await asked(`s3:${name}`, key), `${name} ${key}`).toBe("ExplicitlyDenied");
});

test("a role without a stage has nothing there, and people have what their policies say", async () => {
  expect(await ask("muster-deploy-other", {})("s3:GetObject", "/muster/hhvm.tfstate")).toBe("ExplicitlyDenied");
  const person = ask("admin", {});
  for (const name of ["GetObject", "DeleteObjectVersion"])
    expect(await person(`s3:${name}`, "/muster/hhvm.tfstate"), name).toBe("Allowed");
  expect(await person("s3:PutBucketPolicy")).toBe("Allowed");
});

test("the bucket lets through what the roles of a stage do", async () => {
  const { asker } = stageTemplate("hhvm");
  const bucket = ask("muster-deploy-hhvm", tags);
  for (const role of ROLES) {
    const asked = asker(role);
    for (const [action, path] of [
      ["s3:ListBucket", ""],
      ["s3:GetObject", "/muster/hhvm.tfstate"],
    ] as const) {
      expect(await asked(action, `${stateBucketArn}${path}`), `${role} ${action}`).toBe("Allowed");
      expect(await bucket(action, path), action).toBe("Allowed");
    }
  }
});
