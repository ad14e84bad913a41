import { expect, test } from "vitest";
import { gitHub } from "../../testing/git-hub.ts";
import { checkEnvironment } from "./check-environment.ts";

const reviewers = { type: "required_reviewers", reviewers: [{ type: "Team" }] };
const custom = { protected_branches: false, custom_branch_policies: true };
const branches = (...names: string[]) => ({
  "/environments/prod/deployment-branch-policies": { branch_policies: names.map((name) => ({ name })) },
});
const check = async (environment: object | undefined, more: object = {}) => {
  await using hub = await gitHub({
    answers: { ...(environment && { "/environments/prod": environment }), ...more },
  });
  await checkEnvironment("prod", hub.place);
};

test("an environment with reviewers that takes main alone, or protected branches alone, may be deployed to", async () => {
  await check({ protection_rules: [reviewers], deployment_branch_policy: custom }, branches("main"));
  const guarded = { protected_branches: true, custom_branch_policies: false };
  await check({ protection_rules: [reviewers], deployment_branch_policy: guarded });
});

test.each([
  ["is not there", undefined, {}, 'there is no environment "prod"'],
  [
    "has no reviewers",
    { protection_rules: [{ type: "branch_policy" }], deployment_branch_policy: custom },
    branches("main"),
    'the environment "prod" asks nobody for approval',
  ],
  [
    "takes every branch",
    { protection_rules: [reviewers], deployment_branch_policy: null },
    {},
    'the environment "prod" takes deployments from every branch',
  ],
  [
    "takes other branches too",
    { protection_rules: [reviewers], deployment_branch_policy: custom },
    branches("main", "feature/*"),
    'the environment "prod" takes deployments from main, feature/*',
  ],
])("an environment that %s is refused, with where to set it right", async (_, environment, more, message) => {
  await expect(check(environment, more)).rejects.toMatchObject({
    message,
    hint: "on GitHub, under Settings, Environments, prod: required reviewers, and deployment branches limited to main",
  });
});
