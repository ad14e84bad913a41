/** An object's SHA-256 as its metadata, in hex, so that whoever fetches it later can tell whether it is what was stored. */
const DIGEST = "sha256";

export const digestMetadata = (sha256: string): Record<string, string> => ({ [DIGEST]: sha256 });

/** undefined for an object that others stored without one */
export const digestOfMetadata = (metadata: Readonly<Record<string, string>> | undefined): string | undefined =>
  metadata?.[DIGEST];
