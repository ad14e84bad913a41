import { MusterError } from "@muster/pipeline";

/** A repository on GitHub, and what lets one talk about it. */
export interface GitHubRepository {
  /** GitHub's API: `https://api.github.com`. */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

export interface GitHubCall {
  readonly method?: "GET" | "POST" | "PATCH";
  /** Below the repository: `/issues/7/comments`. */
  readonly path: string;
  readonly content?: unknown;
  /** What the token needs for it, as workflows write it: `pull-requests: write`. */
  readonly permission: string;
}

/**
 * One call of GitHub's API about a repository.
 * @returns the answer's JSON, not checked yet; undefined for what is not there
 * @throws MusterError when GitHub refuses
 */
export async function callGitHub(
  { api, repository, token }: GitHubRepository,
  { method = "GET", path, content, permission }: GitHubCall,
): Promise<unknown> {
  const response = await fetch(`${api}/repos/${repository}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(content !== undefined && { body: JSON.stringify(content) }),
  });
  if (response.status === 404 && method === "GET") return undefined;
  if (response.ok) return response.json();
  throw new MusterError(`GitHub answered ${method} /repos/${repository}${path.split("?")[0]} with ${response.status}`, {
    hint: `the workflow's token needs ${permission}`,
  });
}
