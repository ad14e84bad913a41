import {
  type AptPackage,
  aptPackage,
  type Platform,
  parseLinuxPlatform,
  type S3Object,
  scratch,
  type Version,
} from "@muster/pipeline";
import { type Program, packaged, packagesOf } from "./program.ts";

/** A version's packages on one Debian or Ubuntu. */
export interface DebianBuild {
  /** The folder of the apt repository, in the bucket of downloads: `debian`. */
  readonly family: "debian" | "ubuntu";
  /** Suites are called as their release: `bookworm`. */
  readonly codename: string;
  /** `2.10-1~bookworm` */
  readonly debianVersion: string;
  /** Folder of what is built, in scratch. */
  readonly folder: S3Object;
  /** What is built, as `sha256sum` lists it; written last. It bears no architecture, which is that of the machine that builds. */
  readonly checksum: S3Object;
  /** The packages as users' apt finds them. */
  readonly published: readonly AptPackage[];
}

export const isDebian = (platform: Platform): boolean => parseLinuxPlatform(platform) !== undefined;

/** The folder of a platform's InRelease, in the bucket of downloads: `debian/dists/bookworm`. */
export function suiteOf(platform: Platform): string {
  const { family, codename } = parseLinuxPlatform(platform) ?? {};
  return `${family}/dists/${codename}`;
}

/** @throws RangeError for a platform that is neither a Debian nor an Ubuntu */
export function debianBuild(program: Program, version: Version, platform: Platform): DebianBuild {
  const parts = parseLinuxPlatform(platform);
  if (parts === undefined) throw new RangeError(`${platform} is neither a Debian nor an Ubuntu: it has no .deb`);
  const { family, codename } = parts;
  const debianVersion = `${packaged(program, version).debian}~${codename}`;
  const folder = scratch(`packages/${program.name}/${debianVersion}/`);
  const suite = suiteOf(platform);
  return {
    family,
    codename,
    debianVersion,
    folder,
    checksum: { ...folder, key: `${folder.key}${program.name}_${debianVersion}.sha256` },
    published: packagesOf(program).map((name) => aptPackage({ suite, package: name, version: debianVersion })),
  };
}
