import { describe, expect, test } from "vitest";
import stages from "../stages.ts";
import { asList, bootstrapTemplate, trust } from "../testing/bootstrap-template.ts";

describe("who takes a role", () => {
  const subjects = (role: string) => {
    const condition = trust(role);
    expect(Object.keys(condition ?? {}), "nothing is matched by a pattern").toEqual(["StringEquals"]);
    expect(condition?.StringEquals?.["token.actions.githubusercontent.com:aud"]).toBe("sts.amazonaws.com");
    return asList(condition?.StringEquals?.["token.actions.githubusercontent.com:sub"]);
  };

  test("pull requests take the role that plans for them, and main takes another", () => {
    expect(subjects("PlanRole")).toEqual(["repo:owner/name:pull_request"]);
    expect(subjects("MainPlanRole")).toEqual(["repo:owner/name:ref:refs/heads/main"]);
  });

  test("a deployment comes from an environment that the parameter names, and from no environment that anybody could make", () => {
    expect(new Set(subjects("DeployRole"))).toEqual(
      new Set(["repo:owner/name:environment:hhvm", "repo:owner/name:environment:staging"]),
    );
  });

  test.each(["a", "a,b", "a,b,c", "a,b,c,d"])(
    "of the stages %s, each deploys from its environment, and no other",
    (Stages) => {
      const { StringEquals } = trust("DeployRole", bootstrapTemplate({ Stages })) ?? {};
      const named = asList(StringEquals?.["token.actions.githubusercontent.com:sub"]);
      expect(new Set(named)).toEqual(new Set(Stages.split(",").map((name) => `repo:owner/name:environment:${name}`)));
    },
  );

  test("the parameters take names of stages and repositories, and no pattern", () => {
    const { Parameters } = bootstrapTemplate();
    const pattern = (name: string) => new RegExp(Parameters[name]?.AllowedPattern ?? "");
    const named = pattern("Stages");
    for (const { name } of stages) expect(name).toMatch(named);
    for (const wrong of ["", "*", "a*", "a,*", "a, b", "a,", "a,b,c,d,e"]) expect(wrong).not.toMatch(named);
    const repository = pattern("Repository");
    for (const right of ["owner/name", "owner-123456/name-456789"]) expect(right).toMatch(repository);
    for (const wrong of ["owner", "owner/*", "*/*", "owner/name:environment"]) expect(wrong).not.toMatch(repository);
  });
});
