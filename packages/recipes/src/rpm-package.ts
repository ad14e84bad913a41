import { type Activity, activity, hours, type Platform, scratch } from "@muster/pipeline";
import { checkOptions, checkProgram } from "./check-options.ts";
import { type Program, packaged, unlessLeftOut } from "./program.ts";
import { COMPILED, LARGE, type RecipeOptions, settled } from "./recipe-options.ts";
import { sourceOf } from "./source-tarball.ts";
import { isRpm, rpmBuild } from "./yum-location.ts";

export interface RpmPackageOptions extends RecipeOptions {
  /** The spec file's path in the source tarball. Default `<name>.spec`. Its Version, Release and Source0 are the pipeline's. */
  readonly spec?: string;
  /** The container image that is a platform's clean root, as buildah takes it. Default the distribution's own. */
  readonly image?: (platform: Platform) => string;
}

/**
 * A version's packages for one of rpm's distributions: built by rpmbuild in a container of that distribution's image, which
 * buildah makes and which gets nothing but rpm-build and what BuildRequires names.
 */
export function rpmPackage(program: Program, options: RpmPackageOptions = {}): Activity<"platform"> {
  checkProgram(program);
  checkOptions<RpmPackageOptions>("rpmPackage", options, { spec: true, image: true });
  return activity({
    per: "platform",
    ...settled(options, {
      name: "MakeRpmPackages",
      script: "rpm-package.sh",
      timeout: hours(4),
      worker: LARGE,
      retries: COMPILED,
    }),
    produces: ({ version, platform }) => (isRpm(platform) ? [rpmBuild(program, version, platform).checksum] : []),
    publishes: ({ version, platform }) => (isRpm(platform) ? [rpmBuild(program, version, platform).published] : []),
    shouldRun: ({ version, platform }) => unlessLeftOut(program, { version, platform, kind: "rpm package" }, isRpm),
    env({ version, platform, build }): Readonly<Record<string, string>> {
      if (!isRpm(platform)) return {};
      const { dist, folder, checksum, image } = rpmBuild(program, version, platform);
      const { rpm } = packaged(program, version);
      return {
        NAME: program.name,
        PACKAGED_VERSION: rpm.version,
        REVISION: rpm.release,
        EPOCH: rpm.epoch ?? "",
        DIST: dist,
        SPEC: options.spec ?? `${program.name}.spec`,
        IMAGE: options.image?.(platform) ?? image,
        SOURCE_KEY: sourceOf(program, version).tarball.key,
        BUILT_PREFIX: folder.key,
        BUILT_CHECKSUM: checksum.key,
        ...(build.debug === "test_build" && { TEST_BUILD: "1" }),
      };
    },
    testBuild: true,
    access: { reads: [scratch("source/")], writes: [scratch("packages/")] },
  });
}
