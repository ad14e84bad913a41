import {
  type Artifacts,
  downloads,
  isNightly,
  parseLinuxPlatform,
  type S3Object,
  scratch,
  type Version,
} from "@muster/pipeline";

/** Where the artifacts of a release lie. */

/** The package, and the first part of every artifact's name. */
export const packageName = (version: Version): string => (isNightly(version) ? "hhvm-nightly" : "hhvm");

/** What a release starts from: nightlies go straight to where users download, releases wait in scratch to be published. */
export function sourceTarball(version: Version): S3Object {
  return isNightly(version) ? publishedSource(version) : scratch(`hhvm-${version}.tar.gz`);
}

function publishedSource(version: Version): S3Object {
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

/** The Debian package of one platform; no objects for a platform that is no Debian or Ubuntu. */
export const binaryPackage = {
  produces: ({ version, platform }) => {
    const file = debianPackage(version, platform);
    return file === undefined ? [] : [scratch(`${version}/${platform}/${file.name}`)];
  },
  publishes: ({ version, platform }) => {
    const file = debianPackage(version, platform);
    return file === undefined ? [] : [downloads(`${file.family}/pool/main/h/${packageName(version)}/${file.name}`)];
  },
} satisfies Artifacts<"platform">;

function debianPackage(version: Version, platform: string): { family: string; name: string } | undefined {
  const linux = parseLinuxPlatform(platform);
  return linux && { family: linux.family, name: `${packageName(version)}_${version}-1~${linux.codename}_amd64.deb` };
}
