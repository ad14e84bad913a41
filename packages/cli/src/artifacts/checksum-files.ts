import type { StatedDigest } from "./artifact.ts";

/** What tools call files of SHA-256 checksums. */
export const isChecksumFile = (uri: string): boolean => /(\.sha256(sums?)?|\/sha256sums?(\.txt)?)$/i.test(uri);

/**
 * What a file of checksums says of the objects beside it, by their URIs: lines as sha256sum writes them, or one digest of the file that it is named
 * after. Names that leave its folder are left out.
 */
export function statedIn(uri: string, text: string): [uri: string, stated: StatedDigest][] {
  const folder = uri.slice(0, uri.lastIndexOf("/") + 1);
  return text.split(/\r?\n/).flatMap((line): [string, StatedDigest][] => {
    const [, digest, name = uri.slice(folder.length).replace(/\.[^.]*$/, "")] =
      /^\\?([0-9a-f]{64})(?: [ *](?:\.\/)?(\S.*))?\s*$/i.exec(line) ?? [];
    if (digest === undefined || name === "" || name.split("/").includes("..")) return [];
    return [[folder + name, { sha256: digest.toLowerCase(), by: uri }]];
  });
}
