import {
  type AptPackage,
  aptPackage,
  type Channel,
  channelOf,
  downloads,
  type Platform,
  parseLinuxPlatform,
  releasesAndNightlies,
  type S3Object,
  scratch,
  type Version,
} from "@muster/pipeline";

/** Where the artifacts of a release lie; the pipeline's definition and the release tools both name them from here. */

/** Releases of three numbers, and a nightly each day. */
export const versions = releasesAndNightlies();

/** The Debian package's name, and the first part of every artifact's. */
export const packageName = "muster";

/** To dpkg any nightly is newer than every release: who follows releases has suites without them. */
export const channels: readonly Channel[] = [
  { name: "release", includes: versions.isRelease },
  { name: "nightly", includes: versions.isNightly, suite: (codename) => `${codename}-nightly` },
];

/** For so long apt takes a suite's index: who is held back by an old mirror is told then. */
export const VALID_DAYS = 90;
/** An index that is valid for no longer than this is signed anew with whatever is published next. */
export const RENEWED_DAYS = 60;
/** One that is valid for no longer than this is a reason to publish. */
export const DUE_DAYS = 30;

const tarballName = (version: Version): string => `${packageName}-${version}.tar.gz`;

/** A file in `sha256sum`'s format; it is written after what it lists, so it also says that all of that is there. */
const checksumOf = (object: S3Object): S3Object => ({ ...object, key: `${object.key}.sha256` });

/** The source tarball before it is published, and its checksum. */
export function sourceTarball(version: Version): { tarball: S3Object; checksum: S3Object } {
  const tarball = scratch(tarballName(version));
  return { tarball, checksum: checksumOf(tarball) };
}

/** The source tarball where users download it, with its checksum and detached OpenPGP signature. */
export function publishedSource(version: Version): { tarball: S3Object; checksum: S3Object; signature: S3Object } {
  const tarball = downloads(`source/${versions.isNightly(version) ? "nightlies/" : ""}${tarballName(version)}`);
  return { tarball, checksum: checksumOf(tarball), signature: { ...tarball, key: `${tarball.key}.sig` } };
}

/** What a platform's package is called, and which apt repository it belongs to. */
export interface BinaryPackage {
  /** The distribution family, which has one repository: `debian`. */
  readonly family: "debian" | "ubuntu";
  readonly codename: string;
  /** What apt calls the suite of the version's channel: `bookworm`, `bookworm-nightly`. */
  readonly suite: string;
  /** `2026.11.24-1~bookworm` */
  readonly debianVersion: string;
  /** Prefix of the keys of what is built. */
  readonly built: S3Object;
  /**
   * The checksum of the built `.deb`, written last: the package is built. It is named without the architecture, which is that of the machine
   * that builds.
   */
  readonly builtChecksum: S3Object;
  /** The package as users' apt finds it. */
  readonly published: AptPackage;
}

/** @throws RangeError for a platform that is no Debian or Ubuntu */
export function binaryPackage({ version, platform }: { version: Version; platform: Platform }): BinaryPackage {
  const parts = parseLinuxPlatform(platform);
  if (parts === undefined)
    throw new RangeError(`${platform} is neither a Debian nor an Ubuntu: no package is made for it`);
  const { family, codename } = parts;
  const debianVersion = `${version}-1~${codename}`;
  const suite = channelOf(channels, version).suite?.(codename) ?? codename;
  const built = scratch(`packages/${version}/${platform}/`);
  return {
    family,
    codename,
    suite,
    debianVersion,
    built,
    builtChecksum: { ...built, key: `${built.key}${packageName}_${debianVersion}.sha256` },
    published: aptPackage({ suite: suiteFolder(family, suite), package: packageName, version: debianVersion }),
  };
}

/** The folder of a suite's InRelease, in the bucket of downloads. */
export const suiteFolder = (family: string, suite: string): string => `${family}/dists/${suite}`;

/** The version that a package is of: `1.2.3` of `1.2.3-1~bookworm`. */
export const versionOf = (debianVersion: string): Version => debianVersion.replace(/-[^-]*$/, "");

/** All suites of a platform's repository, whatever their channel. */
export function suitesOf(
  platform: Platform,
): readonly { readonly folder: string; readonly suite: string; readonly channel: Channel }[] {
  const { family, codename } = parseLinuxPlatform(platform) ?? {};
  if (family === undefined || codename === undefined) return [];
  return channels.map((channel) => {
    const suite = channel.suite?.(codename) ?? codename;
    return { folder: suiteFolder(family, suite), suite, channel };
  });
}

/** The public key that the repositories and source tarballs are signed with, as apt's `signed-by` and gpgv take it. */
export const publicKey = downloads(`${packageName}-archive-keyring.gpg`);

/** The key itself, made on first use. */
export const privateKey: S3Object = { bucket: "state", key: "signing/private-key.asc" };
