import { AwsError } from "../aws-error.ts";

export interface PageRequest {
  readonly size: number;
  readonly token: string | undefined;
}

/** One page of a list that keeps its order; a token holds where the next page begins. Throws `invalidToken` for any other text. */
export function pageOf<T>(
  items: readonly T[],
  { size, token }: PageRequest,
  invalidToken: string,
): { readonly page: readonly T[]; readonly nextToken: string | undefined } {
  const start = token === undefined ? 0 : Number(/^page\/(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1]);
  if (Number.isNaN(start)) throw new AwsError(invalidToken, "The pagination token is not valid.");
  const end = start + size;
  const nextToken = end < items.length ? Buffer.from(`page/${end}`).toString("base64url") : undefined;
  return { page: items.slice(start, end), nextToken };
}
