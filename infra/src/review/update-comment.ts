import { MusterError } from "@muster/pipeline";
import * as z from "zod";

export interface CommentPlace {
  /** GitHub's API: `https://api.github.com`. */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: number;
  readonly token: string;
}

const Comments = z.array(z.object({ id: z.number(), body: z.string().nullish() }));
const PAGE = 100;

/**
 * Writes a comment to a pull request, over the one that starts with the same marker if there is one.
 * @see https://docs.github.com/en/rest/issues/comments
 * @throws MusterError when GitHub refuses
 */
export async function updateComment(body: string, marker: string, place: CommentPlace): Promise<"created" | "updated"> {
  const issues = `/repos/${place.repository}/issues`;
  for (let page = 1; ; page++) {
    const path = `${issues}/${place.pullRequest}/comments?per_page=${PAGE}&page=${page}`;
    const comments = Comments.parse(await call(place, "GET", path));
    const own = comments.find((comment) => comment.body?.startsWith(marker));
    if (own) {
      await call(place, "PATCH", `${issues}/comments/${own.id}`, { body });
      return "updated";
    }
    if (comments.length < PAGE) break;
  }
  await call(place, "POST", `${issues}/${place.pullRequest}/comments`, { body });
  return "created";
}

async function call({ api, token }: CommentPlace, method: string, path: string, content?: unknown): Promise<unknown> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(content !== undefined && { body: JSON.stringify(content) }),
  });
  if (!response.ok) {
    throw new MusterError(`GitHub answered ${method} ${path.split("?")[0]} with ${response.status}`, {
      hint: "the workflow's token needs pull-requests: write",
    });
  }
  return response.json();
}
