import { lookup as lookUp } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Until an answer begins. */
  readonly timeoutMs: number;
  /** Whether it may go to addresses that are not the Internet's: on one machine that is its owner's affair. */
  readonly anywhere: boolean;
}

export interface PostAnswer {
  readonly status: number;
  /** `Service Unavailable`, in Node's words: an answer's own text may repeat what is secret. */
  readonly retryAfterSeconds?: number;
}

/** Where a name leads that nobody on the Internet may be sent to. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddress";
}

/** Of silence. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswer";
}

/**
 * One POST. A redirect is an answer like any other: nobody follows it.
 * @throws PrivateAddressError, NoAnswerError, or what Node says of the connection, with its `code`
 */
export function post({ url, headers, body, timeoutMs, anywhere }: PostOptions): Promise<PostAnswer> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!anywhere && isIP(host) !== 0 && !isPublicAddress(host)) return Promise.reject(new PrivateAddressError(host));
  const request = url.protocol === "http:" ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      // A connection of its own: what a function's next event would find of an old one is closed.
      agent: false,
      ...(anywhere ? {} : { lookup: publicLookup }),
    });
    const timer = setTimeout(() => sent.destroy(new NoAnswerError()), timeoutMs);
    sent.once("response", (response) => {
      clearTimeout(timer);
      resolve(answerOf(response));
      response.destroy();
    });
    sent.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage): PostAnswer {
  const seconds = Number(headers["retry-after"]);
  return { status: statusCode, ...(Number.isFinite(seconds) && seconds >= 0 && { retryAfterSeconds: seconds }) };
}

/** The address that is checked is the one that is connected to: a name that changes meanwhile leads nowhere else. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    const found = error === null ? addresses.find(({ address }) => isPublicAddress(address)) : undefined;
    if (found === undefined) return callback(error ?? new PrivateAddressError(addresses[0]?.address), "", 0);
    if (options.all) return callback(null, [found]);
    return callback(null, found.address, found.family);
  });
};
