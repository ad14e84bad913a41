import {
  type AptPackage,
  type Artifacts,
  aptPackage,
  type Channel,
  downloads,
  type Platform,
  parseLinuxPlatform,
  releasesAndNightlies,
  type S3Object,
  scratch,
  type Version,
} from "@muster/pipeline";

/** Where the artifacts of a release lie. */

export const { isNightly, isRelease } = releasesAndNightlies();

/** Nightlies lie beside releases, in packages of their own: who follows one is never offered the other. */
export const channels = [
  { name: "nightly", includes: isNightly, packageName: "hhvm-nightly" },
  { name: "release", includes: isRelease, packageName: "hhvm" },
] as const satisfies Channel[];

/** The package, and the first part of every artifact's name. */
export const packageName = (version: Version): string => channels[isNightly(version) ? 0 : 1].packageName;

/** How long apt takes an index from when it was signed, so that a frozen mirror is noticed. */
export const VALID_DAYS = 90;
/** An index that holds for less than this is signed anew whenever anything is published beside it. */
export const RENEWED_DAYS = 60;
/** And one that holds for less than this even where nothing is. */
export const DUE_DAYS = 30;

/** `4.28`, which 4.28.2 belongs to. */
export const seriesOf = (version: Version): string => version.split(".").slice(0, 2).join(".");

/**
 * The suite in which a version stands beside other series, with `DISTRO` for a codename, as DEBIAN_REPOSITORIES of the packaging repository has it.
 * Series 3 were the long-term ones and are named so. Nightlies have no series: their package has a name of its own in the distribution's suite.
 */
export function seriesSuite(version: Version): string {
  if (isNightly(version)) return "DISTRO";
  return version.startsWith("3.") ? `DISTRO-lts-${seriesOf(version)}` : `DISTRO-${seriesOf(version)}`;
}

/** The suites that a version's packages are in, as far as they are known without DEBIAN_REPOSITORIES: folders of their InRelease. */
export function suitesOf(version: Version, platform: Platform): string[] {
  const linux = parseLinuxPlatform(platform);
  if (linux === undefined) return [];
  const names = new Set([seriesSuite(version).replace("DISTRO", linux.codename), linux.codename]);
  return [...names].map((name) => `${linux.family}/dists/${name}`);
}

/** What a release starts from: nightlies go straight to where users download, releases wait in scratch to be published. */
export function sourceTarball(version: Version): S3Object {
  return isNightly(version) ? publishedSource(version) : scratch(`hhvm-${version}.tar.gz`);
}

/** The same where users have it. */
export function publishedSource(version: Version): S3Object {
  const name = `${packageName(version)}-${version}.tar.gz`;
  return downloads(isNightly(version) ? `source/nightlies/${name}` : `source/${name}`);
}

const signatureOf = (object: S3Object): S3Object => ({ ...object, key: `${object.key}.sig` });

/** The tarball of a release, which PublishSourceTarball moves. */
export const source: Artifacts<"version"> = {
  produces: ({ version }) => [scratch(`hhvm-${version}.tar.gz`)],
  publishes: ({ version }) => [publishedSource(version)],
};

/** Its detached OpenPGP signature. */
export const sourceSignature: Artifacts<"version"> = {
  produces: ({ version }) => [signatureOf(scratch(`hhvm-${version}.tar.gz`))],
  publishes: ({ version }) => [signatureOf(publishedSource(version))],
};

/** The package itself, what extensions are compiled with, and debugging symbols. */
const kinds = ["", "-dev", "-dbg"];

/**
 * The Debian packages of one platform and the .changes that lists them; nothing for a platform that is no Debian or Ubuntu. They are published
 * where apt finds them: in the signed index of the version's series.
 */
export const binaryPackage = {
  produces: ({ version, platform }) => {
    const debian = debianPackage(version, platform);
    if (debian === undefined) return [];
    const names = kinds.map((kind) => `${packageName(version)}${kind}_${debian.version}_amd64.deb`);
    const changes = `${packageName(version)}_${debian.version}_amd64.changes`;
    return [...names, changes].map((name) => scratch(`${version}/${platform}/${name}`));
  },
  publishes: ({ version, platform }): AptPackage[] => {
    const debian = debianPackage(version, platform);
    const [suite] = suitesOf(version, platform);
    if (debian === undefined || suite === undefined) return [];
    return kinds.map((kind) =>
      aptPackage({
        suite,
        package: `${packageName(version)}${kind}`,
        version: debian.version,
        architecture: "amd64",
      }),
    );
  },
} satisfies Artifacts<"platform">;

function debianPackage(version: Version, platform: Platform) {
  const linux = parseLinuxPlatform(platform);
  return linux && { ...linux, version: `${version}-1~${linux.codename}` };
}

/** What container images are made of, newest first: hhvm-docker's branches install one of these, and no other. */
const imageDistributions = ["ubuntu-20.04-focal", "ubuntu-18.04-bionic", "ubuntu-16.04-xenial"];

/** The platform whose package a version's images hold; none where it has none of these. */
export function imagePlatform(platforms: readonly Platform[]): Platform | undefined {
  return imageDistributions.find((platform) => platforms.includes(platform));
}
