import { downloads, type Platform, type S3Object, scratch, type Version } from "@muster/pipeline";
import { type Program, packaged } from "./program.ts";

/** What a distribution's packages are marked with, and the container image that is its clean root. */
const FAMILIES = {
  fedora: { dist: "fc", image: "registry.fedoraproject.org/fedora" },
  rocky: { dist: "el", image: "quay.io/rockylinux/rockylinux" },
  almalinux: { dist: "el", image: "quay.io/almalinuxorg/almalinux" },
  centos: { dist: "el", image: "quay.io/centos/centos" },
} as const;

const RPM = new RegExp(`^(${Object.keys(FAMILIES).join("|")})-(\\d+)$`);

/** A version's packages on one distribution of rpm's. */
export interface RpmBuild {
  /** `.fc42`: the end of a release's number. */
  readonly dist: string;
  /** `1.fc42` */
  readonly release: string;
  /** `1.2.3-1.fc42` */
  readonly full: string;
  readonly image: string;
  /** Folder of what is built, in scratch. */
  readonly folder: S3Object;
  /** What is built, as `sha256sum` lists it; written last. */
  readonly checksum: S3Object;
  /** Folder of the platform's repository, in the bucket of downloads: `rpm/fedora-42`. */
  readonly repository: string;
  /** Lists the packages once repomd.xml names them, until they are withdrawn and removed. */
  readonly published: S3Object;
}

/** Platforms such as `fedora-42`, `rocky-9`, `almalinux-9` and `centos-10`. */
export const isRpm = (platform: Platform): boolean => RPM.test(platform);

/** @throws RangeError for a platform that is none of these */
export function rpmBuild(program: Program, version: Version, platform: Platform): RpmBuild {
  const [, family = "", number = ""] = RPM.exec(platform) ?? [];
  const known = FAMILIES[family as keyof typeof FAMILIES];
  if (known === undefined)
    throw new RangeError(`${platform} is none of ${Object.keys(FAMILIES).join(", ")}: it has no .rpm`);
  const dist = `.${known.dist}${number}`;
  const { rpm } = packaged(program, version);
  const release = `${rpm.release}${dist}`;
  const full = `${rpm.version}-${release}`;
  const folder = scratch(`packages/${program.name}/${platform}-${full}/`);
  const repository = `rpm/${platform}`;
  return {
    dist,
    release,
    full,
    image: `${known.image}:${number}`,
    folder,
    checksum: { ...folder, key: `${folder.key}${program.name}-${full}.sha256` },
    repository,
    published: downloads(`${repository}/packages/${program.name}/${full}/SHA256SUMS`),
  };
}
