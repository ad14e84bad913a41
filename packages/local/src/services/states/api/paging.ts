import { AwsError } from "../../../aws-error.ts";

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface Paging {
  /** What a token must have been given for: tokens of other requests are refused. */
  readonly context: string;
}

/** Unless another size is asked for, which 0 does not. */
const PAGE = 100;

/** One page of a list; `nextToken` holds where the next page begins. Throws `InvalidToken`. */
export function pageOf<T>(items: readonly T[], { maxResults, nextToken }: PageRequest, { context }: Paging): Page<T> {
  const size = maxResults || PAGE;
  const start = positionOf(nextToken, context);
  const end = start + size;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(JSON.stringify([end, context])).toString("base64url") : undefined,
  };
}

function positionOf(token: string | undefined, context: string): number {
  if (token === undefined) return 0;
  try {
    const [position, given] = JSON.parse(Buffer.from(token, "base64url").toString()) as [unknown, unknown];
    if (typeof position === "number" && given === context) return position;
  } catch {
    // Falls through to the one answer for every token that is not ours.
  }
  throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}
