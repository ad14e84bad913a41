import { MusterError } from "@muster/pipeline";
import * as z from "zod";
import { callGitHub, type GitHubRepository } from "./github.ts";

const Environment = z.object({
  protection_rules: z.array(z.object({ type: z.string() })).default([]),
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});
const BranchPolicies = z.object({ branch_policies: z.array(z.object({ name: z.string() })) });

/**
 * Makes sure that a stage's environment asks somebody, and takes deployments from main only: GitHub makes an environment that is not there when a job
 * first names it, and that one lets everything pass.
 * @throws MusterError naming what is to be set
 * @see https://docs.github.com/en/rest/deployments/environments
 */
export async function checkEnvironment(stage: string, repository: GitHubRepository): Promise<void> {
  const permission = "actions: read";
  const path = `/environments/${encodeURIComponent(stage)}`;
  const hint = `on GitHub, under Settings, Environments, ${stage}: required reviewers, and deployment branches limited to main`;
  const found = await callGitHub(repository, { path, permission });
  if (found === undefined) throw new MusterError(`there is no environment "${stage}"`, { hint });
  const { protection_rules: rules, deployment_branch_policy: branches } = Environment.parse(found);
  if (!rules.some(({ type }) => type === "required_reviewers"))
    throw new MusterError(`the environment "${stage}" asks nobody for approval`, { hint });
  if (branches?.protected_branches) return;
  const custom = branches?.custom_branch_policies
    ? BranchPolicies.parse(await callGitHub(repository, { path: `${path}/deployment-branch-policies`, permission }))
    : { branch_policies: [] };
  const names = custom.branch_policies.map(({ name }) => name);
  if (names.length !== 1 || names[0] !== "main")
    throw new MusterError(`the environment "${stage}" takes deployments from ${names.join(", ") || "every branch"}`, {
      hint,
    });
}
