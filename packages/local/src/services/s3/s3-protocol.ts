import { Readable } from "node:stream";
import { renderXml } from "../../protocol/xml.ts";
import type { Protocol, WireRequest, WireResponse } from "../../service.ts";
import { REQUEST_HEADERS, REQUEST_QUERY, RESPONSE_HEADERS } from "./s3-members.ts";
import { operationOf } from "./s3-routes.ts";

/** What every S3 operation gets: the API's members that S3 puts in headers and query, as text, and the body unread. */
export interface S3Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly Metadata: Readonly<Record<string, string>>;
  readonly Body: AsyncIterable<Uint8Array>;
  /** Lower-case; for what concerns the body's transport: chunking, checksums. */
  readonly headers: Readonly<Record<string, string>>;
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

/** S3's REST-XML: path-style addresses, and virtual-hosted ones where the host name starts with a bucket's. */
export const s3Protocol: Protocol = {
  parse(request) {
    const { bucket, key, query } = readTarget(request);
    const isCopy = request.headers["x-amz-copy-source"] !== undefined;
    const operation = operationOf({ method: request.method, bucket, key, query, isCopy });
    const input: S3Input = {
      Bucket: bucket,
      Key: key,
      ...pick(REQUEST_QUERY, (name) => query.get(name)),
      ...pick(REQUEST_HEADERS, (name) => request.headers[name]),
      Metadata: readMetadata(request.headers),
      Body: request.stream ?? noContent(),
      headers: request.headers,
    };
    return { operation, input };
  },
  respond(_call, output, requestId) {
    const { status = 200, xml, Body, Metadata = {}, ...members } = (output ?? {}) as S3Output;
    const headers: Record<string, string> = standardHeaders(requestId);
    for (const [member, header] of Object.entries(RESPONSE_HEADERS)) {
      const value = members[member];
      if (value !== undefined) headers[header] = value instanceof Date ? value.toUTCString() : String(value);
    }
    for (const [name, value] of Object.entries(Metadata)) headers[META + name] = encodeMetadata(value);
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
  fail: (_call, { code, message, status, fields }, requestId): WireResponse => {
    const headers = standardHeaders(requestId);
    if (status === 304) return { status, headers, body: "" };
    const content = { Code: code, Message: message, ...fields, RequestId: requestId, HostId: requestId };
    return { status, headers: { ...headers, "content-type": "application/xml" }, body: renderXml("Error", content) };
  },
};

function standardHeaders(requestId: string): Record<string, string> {
  return { "x-amz-request-id": requestId, "x-amz-id-2": requestId, server: "AmazonS3" };
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

function pick(
  names: Readonly<Record<string, string>>,
  lookUp: (wireName: string) => string | null | undefined,
): Record<string, string> {
  const members: Record<string, string> = {};
  for (const [wireName, member] of Object.entries(names)) {
    const value = lookUp(wireName);
    if (value !== null && value !== undefined) members[member] = value;
  }
  return members;
}

/** Header values are bytes to Node; clients send UTF-8 in them. */
function readMetadata(headers: WireRequest["headers"]): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(META));
  return Object.fromEntries(
    entries.map(([name, value]) => [name.slice(META.length), Buffer.from(value, "latin1").toString("utf8")]),
  );
}

function encodeMetadata(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}

async function* noContent(): AsyncGenerator<Uint8Array> {}
