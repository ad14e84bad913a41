import { AwsError } from "../../aws-error.ts";

export interface PageRequest {
  readonly MaxResults?: string;
  readonly NextToken?: string;
}

/** One page of a list that keeps its order; tokens name where the next page starts. */
export function pageOf<T>(
  items: readonly T[],
  { MaxResults, NextToken }: PageRequest,
  { least = 5, most = 1000 }: { least?: number; most?: number } = {},
): { page: readonly T[]; nextToken?: string } {
  const start = NextToken === undefined ? 0 : decodeToken(NextToken);
  const size = MaxResults === undefined ? items.length : Number(MaxResults);
  if (MaxResults !== undefined && !(Number.isInteger(size) && size >= least)) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value of at least ${least}.`,
    );
  }
  const end = start + Math.min(size, most);
  return { page: items.slice(start, end), ...(end < items.length && { nextToken: encodeToken(end) }) };
}

const encodeToken = (offset: number) => Buffer.from(`page/${offset}`).toString("base64");

function decodeToken(token: string): number {
  const offset = /^page\/(\d+)$/.exec(Buffer.from(token, "base64").toString("utf8"))?.[1];
  if (offset === undefined) throw new AwsError("InvalidNextToken", `The pagination token '${token}' is not valid.`);
  return Number(offset);
}
