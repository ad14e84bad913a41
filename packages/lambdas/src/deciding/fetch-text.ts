import { readFile } from "node:fs/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { InvalidInputError } from "@muster/pipeline";
import { isMissingObject } from "@muster/records";

/** Servers that say nothing this long are asked again by the state's retrier. */
const PATIENCE_MS = 20_000;

/**
 * The text behind an `https://`, `s3://` or `file://` URL.
 * @throws InvalidInputError when there is nothing behind it; any other error is worth a retry
 */
export async function fetchText(url: string, s3: S3Client): Promise<string> {
  const { protocol, hostname, pathname } = new URL(url);
  switch (protocol) {
    case "s3:":
      return fromS3(s3, { Bucket: hostname, Key: decodeURIComponent(pathname.slice(1)) });
    case "file:":
      return readFile(new URL(url), "utf8").catch((error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" ? nothingAt(url) : error;
      });
    default:
      return overHttp(url);
  }
}

async function overHttp(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error: unknown) => {
    throw new Error(`${url} cannot be reached: ${reasonOf(error)}`);
  });
  if (response.status === 404 || response.status === 410) throw nothingAt(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return response.text();
}

/** `fetch failed` is all that an error of `fetch` says itself; several addresses that refuse have a code alone. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { message = "", code } = cause as NodeJS.ErrnoException;
  return message || code || String(error);
}

async function fromS3(s3: S3Client, location: { Bucket: string; Key: string }): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand(location));
    return (await Body?.transformToString()) ?? "";
  } catch (error) {
    if (isMissingObject(error)) throw nothingAt(`s3://${location.Bucket}/${location.Key}`);
    throw error;
  }
}

const nothingAt = (url: string) => new InvalidInputError(`there is nothing at ${url}`, { hint: "check the version" });
