import { Readable } from "node:stream";
import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { renderXml } from "../../protocol/xml.ts";
import type { Protocol, WireRequest, WireResponse } from "../../service.ts";
import type { OperationRule } from "./operation-rule.ts";
import { readPresigned } from "./presigned.ts";
import { RESPONSE_HEADERS } from "./s3-members.ts";
import { readMembers, ruleFor } from "./s3-routes.ts";

/** What every S3 operation gets: the API's members that S3 puts in headers and query, as text, and the body unread. */
export interface S3Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly Metadata: Readonly<Record<string, string>>;
  readonly Body: AsyncIterable<Uint8Array>;
  /** Lower-case; for what concerns the body's transport: chunking, checksums. */
  readonly headers: Readonly<Record<string, string>>;
  /** The operation's, for what its document may hold. */
  readonly rule: OperationRule;
  readonly [member: string]: unknown;
}

/** What S3 operations answer: members that are headers, and one document or body. */
export interface S3Output {
  readonly status?: number;
  /** Root element and content of an XML answer. */
  readonly xml?: { readonly root: string; readonly content: unknown };
  readonly Body?: Readable | Uint8Array;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const META = "x-amz-meta-";

export interface S3ProtocolOptions {
  readonly clock: Clock;
  readonly accountId: string;
}

/**
 * S3's REST-XML: path-style addresses, and virtual-hosted ones where the host name starts with a bucket's. A request is read by the
 * rule of its operation, and refused before anything is done where it holds what the rule does not name.
 */
export const s3Protocol = ({ clock, accountId }: S3ProtocolOptions): Protocol => ({
  parse(request) {
    const { bucket, key, query: sent } = readTarget(request);
    const { query, headers } = readPresigned({ query: sent, headers: request.headers }, clock.now());
    const rule = ruleFor({ method: request.method, bucket, key, query, headers });
    const members = readMembers(rule, { query, headers });
    mustBeOwner(members.ExpectedBucketOwner, accountId);
    mustBeOwner(members.ExpectedSourceBucketOwner, accountId);
    const input: S3Input = {
      ...members,
      Bucket: bucket,
      Key: key,
      Metadata: readMetadata(headers),
      Body: request.stream ?? noContent(),
      headers,
      rule,
    };
    return { operation: rule.operation, input };
  },
  respond(_call, output, requestId) {
    const { status = 200, xml, Body, Metadata = {}, ...members } = (output ?? {}) as S3Output;
    const headers = { ...standardHeaders(requestId), ...responseHeaders(members) };
    for (const [name, value] of Object.entries(Metadata)) headers[META + name] = value;
    if (xml !== undefined)
      return {
        status,
        headers: { "content-type": "application/xml", ...headers },
        body: renderXml(xml.root, xml.content, NAMESPACE),
      };
    if (Body === undefined) return { status, headers, body: "" };
    return {
      status,
      headers,
      body: "",
      stream: Body instanceof Uint8Array ? Readable.from([Body], { objectMode: false }) : Body,
    };
  },
  /** `headers` among an error's fields are headers of its answer; what else is there becomes elements. */
  fail: (_call, { code, message, status, fields: { headers: own, ...fields } }, requestId): WireResponse => {
    const headers = { ...standardHeaders(requestId), ...(own as Record<string, string> | undefined) };
    if (status === 304) return { status, headers, body: "" };
    const content = { Code: code, Message: message, ...fields, RequestId: requestId, HostId: requestId };
    return { status, headers: { ...headers, "content-type": "application/xml" }, body: renderXml("Error", content) };
  },
});

/** Members as headers of an answer. */
export function responseHeaders(members: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [member, header] of Object.entries(RESPONSE_HEADERS)) {
    const value = members[member];
    if (value !== undefined) headers[header] = value instanceof Date ? value.toUTCString() : String(value);
  }
  return headers;
}

function mustBeOwner(expected: string | undefined, accountId: string): void {
  if (expected === undefined || expected === accountId) return;
  throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
}

function standardHeaders(requestId: string): Record<string, string> {
  return {
    "x-amz-request-id": requestId,
    "x-amz-id-2": requestId,
    // Not the stage's clock, which tests set: by this the SDK corrects its own.
    date: new Date().toUTCString(),
    server: "AmazonS3",
  };
}

function readTarget({ url, headers }: WireRequest): { bucket: string; key: string; query: URLSearchParams } {
  const [path = "", search = ""] = splitOnce(url, "?");
  const query = new URLSearchParams(search);
  const decoded = decodeURIComponent(path.slice(1));
  const hosted = bucketOfHost(headers.host ?? "");
  if (hosted !== undefined) return { bucket: hosted, key: decoded, query };
  const [bucket = "", key = ""] = splitOnce(decoded, "/");
  return { bucket, key, query };
}

/** `my-bucket.s3.us-west-2.amazonaws.com`, `my-bucket.localhost:4566`. */
function bucketOfHost(host: string): string | undefined {
  return /^([a-z0-9][a-z0-9.-]+?)\.(?:s3[.-]|localhost(?::|$))/.exec(host)?.[1];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Values as they came: Node gives a header's bytes as one character each, and sends them so. */
function readMetadata(headers: WireRequest["headers"]): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(META));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(META.length), value]));
}

async function* noContent(): AsyncGenerator<Uint8Array> {}
