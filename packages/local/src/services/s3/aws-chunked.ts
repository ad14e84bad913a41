import { AwsError } from "../../aws-error.ts";

/** What follows the last chunk: checksums that were known only when all was sent. Lower-case names. */
export type Trailers = Record<string, string>;

const LONGEST_LINE = 16_384;

/**
 * Unwraps a body in S3's own chunks (`<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailers>\r\n`), which clients use when
 * they cannot know a checksum before they send. Trailers are put into `trailers` when the last chunk has been read.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* unwrapAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Trailers,
): AsyncGenerator<Uint8Array> {
  let buffered = Buffer.alloc(0);
  const iterator = source[Symbol.asyncIterator]();
  const more = async (): Promise<boolean> => {
    const { done, value } = await iterator.next();
    if (done) return false;
    buffered = buffered.length === 0 ? Buffer.from(value) : Buffer.concat([buffered, value]);
    return true;
  };
  const line = async (): Promise<string | undefined> => {
    for (;;) {
      const end = buffered.indexOf("\r\n");
      if (end >= 0) {
        const text = buffered.toString("utf8", 0, end);
        buffered = buffered.subarray(end + 2);
        return text;
      }
      if (buffered.length > LONGEST_LINE) throw incomplete();
      if (!(await more())) {
        if (buffered.length > 0) throw incomplete();
        return undefined;
      }
    }
  };

  for (;;) {
    const size = parseSize(await line());
    if (size === 0) break;
    let left = size;
    while (left > 0) {
      if (buffered.length === 0 && !(await more())) throw incomplete();
      const piece = buffered.subarray(0, left);
      buffered = buffered.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
    if ((await line()) !== "") throw incomplete();
  }
  for (let text = await line(); text !== undefined && text !== ""; text = await line()) {
    const colon = text.indexOf(":");
    if (colon > 0) trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
}

function parseSize(line: string | undefined): number {
  const hex = /^([0-9a-fA-F]+)(?:;|$)/.exec(line ?? "")?.[1];
  if (hex === undefined) throw incomplete();
  return Number.parseInt(hex, 16);
}

function incomplete(): AwsError {
  return new AwsError("IncompleteBody", "The request body terminated unexpectedly");
}
