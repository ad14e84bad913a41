import { createHash } from "node:crypto";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { putObject } from "@muster/records";
import { type Folder, foldersOf, folderTree, type ListedObject, PAGE_NAME } from "./folder-tree.ts";
import { indexPage } from "./index-page.ts";

export interface PagesReport {
  readonly objects: number;
  readonly pages: number;
  readonly written: number;
  /** Pages that another build rewrote at the same time, with something newer in view. */
  readonly overtaken: number;
}

/** Pages written at once: within one connection pool, and far below S3's rate for a prefix. */
const CONCURRENCY = 16;

/**
 * Writes the index page of every folder of a bucket whose content has changed. A page that is there already is known by its entity tag, which is
 * the MD5 of its bytes (so the bucket is encrypted with SSE-S3, not with KMS), and nothing is read. A page that changes under the writer is left:
 * whoever wrote it listed later.
 */
export async function writePages(
  s3: S3Client,
  { bucket, prefixes, title }: { bucket: string; prefixes: readonly string[]; title: string },
): Promise<PagesReport> {
  const listed = await listAll(s3, bucket, prefixes);
  const root = folderTree(listed);
  const folders = [...foldersOf(root)].filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)));
  let written = 0;
  let overtaken = 0;
  const queue = folders.values();
  const writer = async () => {
    for (const folder of queue) {
      const outcome = await writePage(s3, folder, { bucket, title });
      if (outcome === "written") written++;
      if (outcome === "overtaken") overtaken++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, writer));
  return { objects: listed.length, pages: folders.length, written, overtaken };
}

async function listAll(s3: S3Client, bucket: string, prefixes: readonly string[]): Promise<ListedObject[]> {
  const objects = new Map<string, ListedObject>();
  for (const prefix of prefixes) {
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key = "", Size = 0, LastModified = new Date(0), ETag = "" } of page.Contents ?? []) {
        objects.set(Key, { key: Key, size: Size, modified: LastModified, etag: ETag.replaceAll('"', "") });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }
  return [...objects.values()];
}

async function writePage(
  s3: S3Client,
  folder: Folder,
  { bucket, title }: { bucket: string; title: string },
): Promise<"written" | "unchanged" | "overtaken"> {
  const body = Buffer.from(indexPage(folder, { title }));
  const md5 = createHash("md5").update(body).digest("hex");
  if (folder.page?.etag === md5) return "unchanged";
  const etag = await putObject(
    s3,
    { bucket, key: `${folder.path}${PAGE_NAME}` },
    {
      body,
      contentType: "text/html; charset=utf-8",
      // Pages change with every release, under the same name.
      cacheControl: "max-age=60",
      ...(folder.page ? { ifMatch: `"${folder.page.etag}"` } : { ifNoneMatch: "*" }),
    },
  );
  return etag === undefined ? "overtaken" : "written";
}
