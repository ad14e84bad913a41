import { type Activity, activity, hours, scratch, type Version } from "@muster/pipeline";
import { debianBuild, isDebian } from "./apt-location.ts";
import { checkOptions, checkProgram } from "./check-options.ts";
import { type Program, packaged, unlessLeftOut } from "./program.ts";
import { COMPILED, LARGE, type RecipeOptions, settled } from "./recipe-options.ts";
import { sourceOf } from "./source-tarball.ts";

/** A Debian source package elsewhere, pinned by the digest of its `.dsc`, which has those of all of its files. */
export interface DebianSource {
  /** URL of the `.dsc`; its other files lie beside it. */
  readonly dsc: string;
  /** SHA-256 of the `.dsc`, in hex. */
  readonly sha256: string;
}

export interface DebianPackageOptions extends RecipeOptions {
  /** A source package to build instead of the version's source tarball. */
  readonly source?: (version: Version) => DebianSource;
  /** Where the tarball has what Debian knows as `debian/`. Default there. */
  readonly folder?: string;
  /** From which of lintian's findings on the packages fail. Default `error`. */
  readonly lintian?: "error" | "warning" | "off";
  /** Keeps what was compiled, by ccache, in scratch: the next version of the same platform begins with it. Default false. */
  readonly ccache?: boolean;
  /** A mirror of the distribution, for example one of a release that the usual one has no longer. */
  readonly mirror?: string;
}

/**
 * A version's packages for one Debian or Ubuntu: built by dpkg-buildpackage in a clean chroot of that release, which
 * mmdebstrap makes and which has nothing but build-essential and what Build-Depends names; looked at by lintian. Chroots
 * are kept in scratch for a week, and brought up to date for each build.
 */
export function debianPackage(program: Program, options: DebianPackageOptions = {}): Activity<"platform"> {
  checkProgram(program);
  checkOptions<DebianPackageOptions>("debianPackage", options, {
    source: true,
    folder: true,
    lintian: true,
    ccache: true,
    mirror: true,
  });
  const { source, folder = "debian", lintian = "error", ccache = false, mirror = "" } = options;
  return activity({
    per: "platform",
    ...settled(options, {
      name: "MakeDebianPackages",
      script: "debian-package.sh",
      check: "check-debian-package.sh",
      timeout: hours(4),
      worker: LARGE,
      retries: COMPILED,
    }),
    produces: ({ version, platform }) => (isDebian(platform) ? [debianBuild(program, version, platform).checksum] : []),
    publishes: ({ version, platform }) => (isDebian(platform) ? debianBuild(program, version, platform).published : []),
    shouldRun: ({ version, platform }) =>
      unlessLeftOut(program, { version, platform, kind: "Debian package" }, isDebian),
    env({ version, platform, build }): Readonly<Record<string, string>> {
      if (!isDebian(platform)) return {};
      const { debianVersion, folder: built, checksum } = debianBuild(program, version, platform);
      return {
        NAME: program.name,
        PACKAGED_VERSION: packaged(program, version).ordered,
        DEBIAN_VERSION: debianVersion,
        DEBIAN_FOLDER: folder,
        BUILT_PREFIX: built.key,
        BUILT_CHECKSUM: checksum.key,
        LINTIAN: lintian,
        MIRROR: mirror,
        ...(source === undefined
          ? { SOURCE_KEY: sourceOf(program, version).tarball.key }
          : { DSC: source(version).dsc, DSC_SHA256: source(version).sha256 }),
        ...(ccache && { CCACHE_KEY: `ccache/${program.name}/${platform}.tar.zst` }),
        ...(build.debug === "test_build" && { TEST_BUILD: "1" }),
      };
    },
    testBuild: true,
    access: {
      reads: [scratch("source/"), scratch("chroots/"), scratch("ccache/"), scratch("packages/")],
      writes: [scratch("packages/"), scratch("chroots/"), ...(ccache ? [scratch("ccache/")] : [])],
    },
  });
}
