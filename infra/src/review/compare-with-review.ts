import * as z from "zod";
import { callGitHub, type GitHubRepository } from "./github.ts";
import { marker, withoutHeading } from "./summarise-plan.ts";
import { findComment } from "./update-comment.ts";

const PullRequests = z.array(z.object({ number: z.number(), merged_at: z.string().nullish() }));

/**
 * Whether the pull request that a commit came from showed this very plan to its reviewers: who approves a deployment should know. The comment itself is
 * compared, because that is what was seen; the digest in it covers the values that no comment shows.
 * @returns a line of Markdown
 * @see https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
export async function compareWithReview(
  summary: string,
  { stage, commit }: { stage: string; commit: string },
  repository: GitHubRepository,
): Promise<string> {
  const permission = "pull-requests: read";
  const associated = await callGitHub(repository, { path: `/commits/${commit}/pulls`, permission });
  const merged = PullRequests.parse(associated ?? []).find(({ merged_at }) => typeof merged_at === "string");
  const here = commit.slice(0, 12);
  if (merged === undefined)
    return `⚠️ **Nobody has seen this plan yet**: ${here} came from no pull request. Look at it before you approve.`;
  const { number } = merged;
  const shown = await findComment(marker(stage), { ...repository, pullRequest: number });
  if (shown === undefined)
    return `⚠️ **Nobody has seen this plan yet**: #${number} showed none of \`${stage}\`. Look at it before you approve.`;
  if (withoutHeading(shown.body) === withoutHeading(summary)) return `This is the plan that #${number} showed.`;
  return `⚠️ **This is not the plan that #${number} showed**: main or the stage has changed since. Look at this one before you approve.`;
}
