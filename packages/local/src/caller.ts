import type { WireRequest } from "./service.ts";

/** What a signature tells about its request. Signatures are not verified: whoever reaches this machine's loopback may call. */
export interface Caller {
  readonly accessKeyId: string;
  /** The service the request was signed for: `ec2`, `states`, … */
  readonly service: string | undefined;
}

export const ANONYMOUS: Caller = { accessKeyId: "anonymous", service: undefined };

/**
 * Reads who calls which service, from the Authorization header or a presigned URL.
 * Signature version 4A has no region in its scope, so the service is counted from the end.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
export function readCaller({ headers, url }: Pick<WireRequest, "headers" | "url">): Caller {
  const credential = credentialOf(headers.authorization, url);
  if (credential === undefined) return ANONYMOUS;
  const [accessKeyId = "", ...scope] = credential.split("/");
  return { accessKeyId, service: scope.at(-2) };
}

function credentialOf(authorization: string | undefined, url: string): string | undefined {
  if (authorization !== undefined) return /Credential=([^,\s]+)/.exec(authorization)?.[1];
  const query = url.indexOf("?");
  return query < 0 ? undefined : (new URLSearchParams(url.slice(query)).get("X-Amz-Credential") ?? undefined);
}
