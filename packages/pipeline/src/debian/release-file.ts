import { parseControl } from "./control.ts";

/** A file that a Release file vouches for; its path is relative to the Release file's folder. */
export interface IndexFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** What a suite's Release or InRelease file says. */
export interface ReleaseFile {
  readonly files: readonly IndexFile[];
  /** Whether the files also lie under their digests. */
  readonly byHash: boolean;
  /** apt refuses the suite after this. */
  readonly validUntil: Date | undefined;
}

/**
 * Reads a Release file, or the text that an InRelease file signs.
 * @see https://wiki.debian.org/DebianRepository/Format
 */
export function parseRelease(text: string): ReleaseFile {
  const fields = parseControl(signedText(text))[0];
  const lines = fields?.get("SHA256")?.split("\n") ?? [];
  const validUntil = fields?.get("Valid-Until");
  return {
    files: lines.flatMap((line) => {
      const [sha256, size, path] = line.trim().split(/\s+/);
      return sha256 === undefined || size === undefined || path === undefined
        ? []
        : [{ path, size: Number(size), sha256 }];
    }),
    byHash: fields?.get("Acquire-By-Hash") === "yes",
    validUntil: validUntil === undefined ? undefined : new Date(validUntil),
  };
}

/** Where an index lies under its content's name: what an older InRelease vouches for stays readable while a newer one is written. */
export const byHashPath = ({ path, sha256 }: IndexFile): string =>
  `${path.replace(/[^/]+$/, "")}by-hash/SHA256/${sha256}`;

/**
 * What a clear-signed text says, as it stands; the signature is not verified.
 * @see https://www.rfc-editor.org/rfc/rfc9580#name-cleartext-signature-framewo
 */
function signedText(text: string): string {
  const body =
    /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:.+\r?\n)*\r?\n([\s\S]*?)^-----BEGIN PGP SIGNATURE-----/m.exec(text);
  return body === null ? text : (body[1] ?? "").replaceAll(/^- /gm, "");
}
