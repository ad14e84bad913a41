import type { S3Client } from "@aws-sdk/client-s3";
import { type AptSuite, packageUri, readAptSuite } from "../artifacts/apt-suite.ts";
import { mapAtMost } from "../artifacts/map-at-most.ts";
import type { RepositoryFindings } from "./repository.ts";

/**
 * Follows each suite as apt does: InRelease vouches for the indices, these for the packages.
 * @param folders URIs of suites' folders: `s3://bucket/debian/dists/bookworm`
 * @param objects URIs of the version's objects
 */
export async function aptFindings(
  s3: S3Client,
  { folders, objects, now }: { folders: readonly string[]; objects: readonly string[]; now: Date },
): Promise<RepositoryFindings> {
  const suites = (await mapAtMost(4, folders, (folder) => readAptSuite(s3, folder))).filter(
    (suite) => suite !== undefined,
  );
  const named = new Map<string, { sha256: string; by: string }[]>();
  for (const suite of suites)
    for (const { uri: by, packages } of suite.indices)
      for (const fields of packages) {
        const uri = packageUri(suite, fields);
        named.set(uri, [...(named.get(uri) ?? []), { sha256: fields.get("SHA256") ?? "", by }]);
      }
  const roots = new Set(suites.map(rootOf));
  // What an index says that cannot be read is not known.
  const unread = suites.filter(({ unreadable }) => unreadable.length > 0).map(rootOf);
  const isUnknown = (uri: string) => unread.some((root) => uri.startsWith(root));
  const packages = objects.filter((uri) => uri.endsWith(".deb") && [...roots].some((root) => uri.startsWith(root)));
  return {
    parts: suites.flatMap((suite) => [suite.inRelease, ...indicesOf(suite).map(({ uri }) => uri)]),
    stated: [
      ...suites.flatMap((suite) =>
        indicesOf(suite).map(({ uri, sha256 }) => [uri, { sha256, by: suite.inRelease }] as const),
      ),
      ...packages.flatMap((uri) => (named.get(uri) ?? []).map((stated) => [uri, stated] as const)),
    ],
    problems: [
      ...suites.flatMap((suite) => problemsOf(suite, now)),
      ...packages.flatMap((uri) => (named.has(uri) || isUnknown(uri) ? [] : [[uri, UNNAMED] as const])),
    ],
    keys: [],
  };
}

const UNNAMED = "no index of its repository names it";

const indicesOf = ({ indices, unreadable }: AptSuite) => [...indices, ...unreadable];

/** The folder that has `dists` in it. */
const rootOf = ({ inRelease }: AptSuite): string => inRelease.replace(/dists\/.*$/, "");

function problemsOf({ inRelease, validUntil, unreadable }: AptSuite, now: Date): (readonly [string, string])[] {
  const isOver = validUntil !== undefined && validUntil < now;
  return [
    ...(isOver ? [[inRelease, `apt takes it no longer: it was valid until ${validUntil.toISOString()}`] as const] : []),
    ...unreadable.map(({ uri, says }) => [uri, says] as const),
  ];
}
