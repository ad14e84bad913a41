import type { ObjectPlace } from "@muster/records";

/** What a request to S3, with its bucket in the path, asks for or changes. */
export interface S3Request {
  /** Objects that must be as they were before it is answered. */
  readonly needs: readonly ObjectPlace[];
  readonly lists:
    | { readonly bucket: string; readonly prefix: string; readonly delimiter: string | undefined }
    | undefined;
  /** What stands there anew once it has succeeded. */
  readonly writes: ObjectPlace | undefined;
  readonly removes: ObjectPlace | undefined;
  /** Its body names what it removes. */
  readonly removesMany: string | undefined;
}

/** Queries of a bucket that say something of the bucket, and not of what lies in it. */
const LISTS =
  /^(list-type|prefix|delimiter|marker|start-after|max-keys|encoding-type|continuation-token|versions|x-id|fetch-owner)$/;

/**
 * Reads a request.
 * @param buckets whose objects it may be about
 * @returns undefined for one that is about none of these buckets
 */
export function readS3Request(
  {
    method = "GET",
    url = "/",
    copySource,
  }: { method?: string | undefined; url?: string | undefined; copySource: string | undefined },
  buckets: readonly string[],
): S3Request | undefined {
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const place = placeIn(pathname.slice(1), buckets);
  if (place === undefined) return undefined;
  const { bucket, key } = place;
  if (key === "") {
    const isListing = method === "GET" && [...searchParams.keys()].every((name) => LISTS.test(name));
    const prefix = searchParams.get("prefix") ?? "";
    return {
      ...nothing,
      lists: isListing ? { bucket, prefix, delimiter: searchParams.get("delimiter") ?? undefined } : undefined,
      removesMany: method === "POST" && searchParams.has("delete") ? bucket : undefined,
    };
  }
  const source =
    copySource === undefined ? undefined : placeIn(copySource.replace(/^\//, "").replace(/\?.*$/, ""), buckets);
  const isPart = searchParams.has("partNumber") || searchParams.has("uploads");
  const isWrite = (method === "PUT" && !searchParams.has("tagging")) || method === "POST";
  return {
    ...nothing,
    needs: [place, ...(source === undefined ? [] : [source])],
    writes: isWrite && !isPart ? place : undefined,
    removes: method === "DELETE" && !searchParams.has("uploadId") && !searchParams.has("tagging") ? place : undefined,
  };
}

const nothing: S3Request = {
  needs: [],
  lists: undefined,
  writes: undefined,
  removes: undefined,
  removesMany: undefined,
};

function placeIn(path: string, buckets: readonly string[]): ObjectPlace | undefined {
  const [bucket = "", ...rest] = path.split("/");
  return buckets.includes(bucket) ? { bucket, key: decodeURIComponent(rest.join("/")) } : undefined;
}

/** Keys that the body of a DeleteObjects names. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export function keysToDelete(body: string): string[] {
  return [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) =>
    key.replaceAll(/&(lt|gt|quot|apos|amp|#\d+|#x[0-9a-fA-F]+);/g, (_, name: string) => characterOf(name)),
  );
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function characterOf(name: string): string {
  if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
  return name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : (NAMED[name] ?? "");
}
