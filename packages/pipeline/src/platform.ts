/** A distribution a package is built for: `debian-12-bookworm`, `ubuntu-24.04-noble`. */
export type Platform = string;

const LINUX = /^(debian|ubuntu)-([\d.]+)-([a-z]+)$/;

/** The parts of a Linux platform's name; undefined for any other word. */
export function parseLinuxPlatform(
  platform: Platform,
): { family: "debian" | "ubuntu"; release: string; codename: string } | undefined {
  const match = LINUX.exec(platform);
  if (match === null) return undefined;
  const [, family, release, codename] = match as unknown as [string, "debian" | "ubuntu", string, string];
  return { family, release, codename };
}

/** Where the platforms of a version come from. */
export type Platforms =
  | { readonly kind: "fixed"; readonly names: readonly Platform[] }
  | {
      readonly kind: "listed";
      /** What a platform's name looks like, to tell it from other words before the list is fetched. */
      readonly pattern: RegExp;
      /** Where the list of a version is: a text of one platform a line; `https://`, `s3://` or `file://`. */
      readonly url: (version: string) => string;
    };

/** The same platforms for every version. */
export function fixedPlatforms(...names: Platform[]): Platforms {
  return { kind: "fixed", names };
}

/** Where a version's platforms are listed. */
export interface PlatformList {
  /** What a platform's name looks like, to tell it from other words before the list is read. Default as `debian-12-bookworm` and `ubuntu-24.04-noble`. */
  readonly pattern?: RegExp;
  /** Where the list of a version is: `https://`, `s3://` or `file://`. */
  readonly url: (version: string) => string;
}

/** The platforms that a file of each version names, one a line; blank lines and `#` comments do not count. A version whose list names none fails. */
export function listedPlatforms(list: PlatformList): Platforms {
  const { source, flags } = list.pattern ?? LINUX;
  // With g or y, test() would remember where the last word ended.
  return { kind: "listed", pattern: new RegExp(source, flags.replaceAll(/[gy]/g, "")), url: list.url };
}

export function parsePlatformList(text: string): Platform[] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
}
