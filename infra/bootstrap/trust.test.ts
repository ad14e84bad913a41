import { describe, expect, test } from "vitest";
import stages from "../stages.ts";
import { accountTemplate, asList, ROLES, type Role, stageTemplate } from "../testing/bootstrap-template.ts";

describe("who takes a role", () => {
  const subjects = (role: Role, stage = "hhvm") => {
    const condition = stageTemplate(stage).trust(role);
    expect(Object.keys(condition ?? {}), "nothing is matched by a pattern").toEqual(["StringEquals"]);
    expect(condition?.StringEquals?.["token.actions.githubusercontent.com:aud"]).toBe("sts.amazonaws.com");
    return asList(condition?.StringEquals?.["token.actions.githubusercontent.com:sub"]);
  };

  test("pull requests take the role that plans for them, and main takes another", () => {
    expect(subjects("PlanRole")).toEqual(["repo:owner/name:pull_request"]);
    expect(subjects("MainPlanRole")).toEqual(["repo:owner/name:ref:refs/heads/main"]);
  });

  test("a deployment comes from the environment of its stage, and from no environment that anybody could make", () => {
    expect(subjects("DeployRole")).toEqual(["repo:owner/name:environment:hhvm"]);
    expect(subjects("DeployRole", "staging")).toEqual(["repo:owner/name:environment:staging"]);
  });

  test("every role says which stage's it is, and which state it has", () => {
    for (const [parameters, key] of [
      [{}, "muster/hhvm.tfstate"],
      [{ StateKey: "releases.tfstate" }, "releases.tfstate"],
    ] as const)
      for (const role of ROLES)
        expect(stageTemplate("hhvm", parameters).template.Resources[role]?.Properties.Tags).toEqual([
          { Key: "muster:stage", Value: "hhvm" },
          { Key: "muster:state", Value: key },
        ]);
  });

  test("the parameters take names of stages and repositories, and no pattern", () => {
    const { Parameters } = stageTemplate("hhvm").template;
    const pattern = (name: string) => new RegExp(Parameters[name]?.AllowedPattern ?? "");
    for (const { name } of stages) expect(name).toMatch(pattern("Stage"));
    for (const wrong of ["", "*", "a*", "a,b", "a-", "A", "a--b"]) expect(wrong).not.toMatch(pattern("Stage"));
    expect(Parameters.Stage?.MaxLength, "as infra/src/define-stages.ts has it").toBe(30);
    for (const right of ["owner/name", "owner-123456/name-456789"]) expect(right).toMatch(pattern("Repository"));
    for (const wrong of ["owner", "owner/*", "*/*", "owner/name:environment"])
      expect(wrong).not.toMatch(pattern("Repository"));
    for (const wrong of ["*", "a/*.tfstate", "plans/main/x"]) expect(wrong).not.toMatch(pattern("StateKey"));
    for (const wrong of ["*", "vpc-*"]) expect(wrong).not.toMatch(pattern("Vpc"));
    const ids = ["Distribution", "HostedZone", "Domain"];
    const lists = ["Secrets", "Keys", "Images", "Buckets", "Topics", "ImageParameters", "EdgePolicies"];
    for (const name of [...ids, ...lists]) {
      expect("", "what is not there").toMatch(pattern(name));
      for (const wrong of ["*", "hhvm*", "cache-policy/*"]) expect(wrong, name).not.toMatch(pattern(name));
    }
    expect("cache-policy/658327ea-f89d-4fab-a63d-7e88639e58f6").toMatch(pattern("EdgePolicies"));
    expect("release/token").toMatch(pattern("Secrets"));
  });

  test("what an account has once, nobody takes", () => {
    const types = Object.values(accountTemplate().Resources).map(({ Type }) => Type);
    expect(types).not.toContain("AWS::IAM::Role");
  });
});
