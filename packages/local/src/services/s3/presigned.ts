import { AwsError } from "../../aws-error.ts";

/** A request whose signature may lie in its query, where a presigned URL has it. */
export interface Signed {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const VERSION_4 = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
  "X-Amz-Expires",
] as const;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html */
const VERSION_2 = ["AWSAccessKeyId", "Signature", "Expires"] as const;

const LONGEST_SECONDS = 7 * 24 * 3600;

/**
 * Takes a signature out of a query, refuses one that has expired, and puts members that were signed into the query where headers
 * are: S3 takes them from both. Signatures themselves are not verified.
 */
export function readPresigned({ query, headers }: Signed, nowMs: number): Signed {
  if (VERSION_2.every((name) => query.has(name))) {
    mustNotHaveExpired(Number(query.get("Expires")) * 1000, nowMs);
    return { query: without(query, (name) => (VERSION_2 as readonly string[]).includes(name)), headers };
  }
  if (!query.has("X-Amz-Algorithm") && !query.has("X-Amz-Signature")) return { query, headers };
  if (!VERSION_4.every((name) => query.has(name))) {
    throw invalidSignature(`Query-string authentication version 4 requires the ${VERSION_4.join(", ")} parameters.`);
  }
  const startMs = parseDate(query.get("X-Amz-Date") ?? "");
  mustNotHaveExpired(startMs + 1000 * secondsOf(query.get("X-Amz-Expires") ?? ""), nowMs);
  return { query: without(query, isAmz), headers: { ...headersIn(query), ...headers } };
}

const isAmz = (name: string): boolean => name.toLowerCase().startsWith("x-amz-");

function without(query: URLSearchParams, isOut: (name: string) => boolean): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => !isOut(name)));
}

/** The members among a presigned URL's parameters. An SDK that has no body yet may name an algorithm and no checksum. */
function headersIn(query: URLSearchParams): Record<string, string> {
  const signature = new Set<string>(
    VERSION_4.filter((name) => name !== "X-Amz-Date").map((name) => name.toLowerCase()),
  );
  const entries = [...query]
    .filter(([name]) => isAmz(name))
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !signature.has(name));
  const hasChecksum = entries.some(([name]) => name.startsWith("x-amz-checksum-"));
  return Object.fromEntries(entries.filter(([name]) => hasChecksum || name !== "x-amz-sdk-checksum-algorithm"));
}

function parseDate(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (year === undefined)
    throw invalidSignature("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

function secondsOf(text: string): number {
  if (!/^-?\d+$/.test(text)) throw invalidSignature("X-Amz-Expires should be a number");
  const seconds = Number(text);
  if (seconds < 0) throw invalidSignature("X-Amz-Expires must be non-negative");
  if (seconds > LONGEST_SECONDS) {
    throw invalidSignature(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${LONGEST_SECONDS} seconds`,
    );
  }
  return seconds;
}

function invalidSignature(message: string): AwsError {
  return new AwsError("AuthorizationQueryParametersError", message);
}

function mustNotHaveExpired(untilMs: number, nowMs: number): void {
  if (nowMs <= untilMs) return;
  const Expires = new Date(untilMs);
  throw new AwsError("AccessDenied", "Request has expired", {
    status: 403,
    ...(!Number.isNaN(Expires.getTime()) && { Expires }),
    ServerTime: new Date(nowMs),
  });
}
