import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { S3Client } from "@aws-sdk/client-s3";
import { mapAtMost } from "../artifacts/map-at-most.ts";
import { placeOfUri, readSmall } from "../artifacts/read-small.ts";
import { joined, type RepositoryFindings } from "./repository.ts";

/** A file that metadata name, by its path in the repository. */
export interface NamedFile {
  readonly type: string;
  readonly path: string;
  readonly sha256: string;
}

/**
 * Follows each repository as dnf does: repomd.xml names the metadata, `primary` among them the packages.
 * @param repomds URIs of `repodata/repomd.xml`
 * @param objects URIs of the version's objects
 */
export async function yumFindings(
  s3: S3Client,
  { repomds, objects }: { repomds: readonly string[]; objects: readonly string[] },
): Promise<RepositoryFindings> {
  return joined(await mapAtMost(4, repomds, (repomd) => findingsOf(s3, repomd, objects)));
}

async function findingsOf(s3: S3Client, repomd: string, objects: readonly string[]): Promise<RepositoryFindings> {
  const root = repomd.slice(0, -"repodata/repomd.xml".length);
  const [text, signature] = await Promise.all([repomd, `${repomd}.asc`].map((uri) => readSmall(s3, placeOfUri(uri))));
  const metadata = filesIn(text?.toString("utf8") ?? "", "data");
  const problems: (readonly [string, string])[] = [];
  const named = new Map<string, { sha256: string; by: string }>();
  for (const { path } of metadata.filter(({ type }) => type === "primary")) {
    const by = root + path;
    const bytes = await readSmall(s3, placeOfUri(by));
    const listed = bytes && unpacked(bytes, path);
    if (listed === undefined)
      problems.push([
        by,
        `${bytes === undefined ? "it is not there" : "it is no list of packages"}, and ${repomd} names it`,
      ]);
    for (const file of filesIn(listed ?? "", "package")) named.set(root + file.path, { sha256: file.sha256, by });
  }
  const packages = objects.filter((uri) => uri.startsWith(root) && uri.endsWith(".rpm"));
  return {
    parts: [repomd, ...(signature === undefined ? [] : [`${repomd}.asc`]), ...metadata.map(({ path }) => root + path)],
    stated: [
      ...metadata.map(({ path, sha256 }) => [root + path, { sha256, by: repomd }] as const),
      ...packages.flatMap((uri) => {
        const stated = named.get(uri);
        return stated === undefined ? [] : [[uri, stated] as const];
      }),
    ],
    problems: [
      ...problems,
      // What a list says that cannot be read is not known.
      ...(problems.length > 0 ? [] : packages.filter((uri) => !named.has(uri)).map((uri) => [uri, UNNAMED] as const)),
    ],
    keys: [`${repomd}.key`],
  };
}

const UNNAMED = "no index of its repository names it";

function unpacked(bytes: Buffer, path: string): string | undefined {
  try {
    if (path.endsWith(".gz")) return gunzipSync(bytes).toString("utf8");
    return (path.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes).toString("utf8");
  } catch {
    return undefined;
  }
}

/** The files that elements of such a name list, with their SHA-256, as createrepo_c writes them. */
export function filesIn(xml: string, element: "data" | "package"): NamedFile[] {
  const elements = xml.matchAll(new RegExp(`<${element} type="([^"]*)">([\\s\\S]*?)</${element}>`, "g"));
  return [...elements].flatMap(([, type = "", body = ""]) => {
    const sha256 = /<checksum type="sha256"[^>]*>([0-9a-f]{64})</.exec(body)?.[1];
    const path = /<location href="([^"]*)"/.exec(body)?.[1];
    return sha256 === undefined || path === undefined ? [] : [{ type, path: unescaped(path), sha256 }];
  });
}

const CHARACTERS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescaped = (text: string): string => text.replaceAll(/&(\w+);/g, (whole, name) => CHARACTERS[name] ?? whole);
