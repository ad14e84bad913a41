import { createHash } from "node:crypto";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { indexPageMetadata, isOwnObject, putObject } from "@muster/records";
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
 * Writes the index page of every folder of a bucket whose content has changed, except where a pipeline has published a page of its own. A page that
 * is there already is known by its entity tag, which is the MD5 of its bytes (so the bucket is encrypted with SSE-S3, not with KMS), and nothing is
 * read; only of one that has other bytes than it would get is it asked whose it is. A page that changes under the writer is left: whoever wrote it
 * listed later.
 */
export async function writePages(
  s3: S3Client,
  { bucket, prefixes, title }: { bucket: string; prefixes: readonly string[]; title: string },
): Promise<PagesReport> {
  const listed = await listAll(s3, bucket, prefixes);
  const own = ownPages(s3, bucket);
  const draw = (others?: ReadonlySet<string>): DrawnPage[] =>
    [...foldersOf(folderTree(listed, others))]
      .filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)))
      .map((folder) => drawPage(folder, title));
  const others = new Set<string>();
  const drawn = draw();
  const asWouldBe = new Map(drawn.map(({ key, md5 }) => [key, md5]));
  await inParallel(listed.filter(isPage), async ({ key, etag }) => {
    if (asWouldBe.get(key) !== etag && !(await own(key))) others.add(key);
  });
  const pages = others.size === 0 ? drawn : draw(others);
  const outcomes: string[] = [];
  await inParallel(pages.filter(isOutdated), async (page) => {
    if (!others.has(page.key)) outcomes.push(await writePage(s3, page, { bucket, own }));
  });
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  return { objects: listed.length, pages: pages.length, written: count("written"), overtaken: count("overtaken") };
}

/** What a folder's page is to be, and what is there now. */
interface DrawnPage {
  readonly key: string;
  readonly body: Buffer;
  readonly md5: string;
  readonly present: ListedObject | undefined;
}

function drawPage(folder: Folder, title: string): DrawnPage {
  const body = Buffer.from(indexPage(folder, { title }));
  const md5 = createHash("md5").update(body).digest("hex");
  return { key: `${folder.path}${PAGE_NAME}`, body, md5, present: folder.page };
}

const isPage = ({ key }: ListedObject): boolean => key === PAGE_NAME || key.endsWith(`/${PAGE_NAME}`);

const isOutdated = ({ md5, present }: DrawnPage): boolean => present?.etag !== md5;

/** Whether a page is Muster's; asked once for each. */
function ownPages(s3: S3Client, bucket: string): (key: string) => Promise<boolean> {
  const answers = new Map<string, Promise<boolean>>();
  return (key) => {
    const answer = answers.get(key) ?? isOwnObject(s3, { bucket, key });
    answers.set(key, answer);
    return answer;
  };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
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
  { key, body, present }: DrawnPage,
  { bucket, own }: { bucket: string; own: (key: string) => Promise<boolean> },
): Promise<"written" | "theirs" | "overtaken"> {
  if (present !== undefined && !(await own(key))) return "theirs";
  const etag = await putObject(
    s3,
    { bucket, key },
    {
      body,
      metadata: indexPageMetadata,
      contentType: "text/html; charset=utf-8",
      // Pages change with every release, under the same name.
      cacheControl: "max-age=60",
      ...(present ? { ifMatch: `"${present.etag}"` } : { ifNoneMatch: "*" }),
    },
  );
  return etag === undefined ? "overtaken" : "written";
}
