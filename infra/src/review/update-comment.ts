import * as z from "zod";
import { callGitHub, type GitHubRepository } from "./github.ts";

export interface PullRequest extends GitHubRepository {
  readonly pullRequest: number;
}

const Comments = z.array(
  z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() }),
);
const PAGE = 100;

/** Who writes what a workflow's token writes. @see https://docs.github.com/en/actions/concepts/security/github_token */
const WORKFLOWS = "github-actions[bot]";

/**
 * Writes a comment to a pull request, over the workflows' own that starts with the same marker if there is one. Anybody can copy a marker into a comment.
 * @see https://docs.github.com/en/rest/issues/comments
 * @throws MusterError when GitHub refuses
 */
export async function updateComment(body: string, marker: string, place: PullRequest): Promise<"created" | "updated"> {
  const own = await findComment(marker, place);
  const permission = "pull-requests: write";
  const content = { body };
  if (own) {
    await callGitHub(place, { method: "PATCH", path: `/issues/comments/${own.id}`, content, permission });
    return "updated";
  }
  await callGitHub(place, { method: "POST", path: `/issues/${place.pullRequest}/comments`, content, permission });
  return "created";
}

/** The comment that workflows wrote to a pull request and that starts with the marker. */
export async function findComment(
  marker: string,
  place: PullRequest,
): Promise<{ id: number; body: string } | undefined> {
  for (let page = 1; ; page++) {
    const path = `/issues/${place.pullRequest}/comments?per_page=${PAGE}&page=${page}`;
    const comments = Comments.parse((await callGitHub(place, { path, permission: "pull-requests: read" })) ?? []);
    for (const { id, body, user } of comments)
      if (user?.login === WORKFLOWS && body?.startsWith(marker)) return { id, body };
    if (comments.length < PAGE) return undefined;
  }
}
