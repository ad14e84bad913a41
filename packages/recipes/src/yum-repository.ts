import { type Activity, activity, downloads, hours, scratch } from "@muster/pipeline";
import { checkOptions, checkProgram } from "./check-options.ts";
import { dueToPublish } from "./due-to-publish.ts";
import { isWithdrawn, type Program, packaged, withdrawnBy } from "./program.ts";
import { type RecipeOptions, SMALL, settled } from "./recipe-options.ts";
import { script } from "./script.ts";
import { keyAccess, keySecrets, keyVariables, type SigningKey } from "./signing-key.ts";
import { isRpm, rpmBuild } from "./yum-location.ts";

export interface YumRepositoryOptions extends RecipeOptions {
  /** Signs packages and the repositories' metadata. */
  readonly key: SigningKey;
}

/**
 * The packages of a version in yum repositories, one for each platform, at `rpm/<platform>`: signed by rpmsign, indexed by
 * createrepo_c. A repository has all versions that are not withdrawn. Its metadata lie under their digests, and
 * `repomd.xml`, which names them, is written last, and only over the one that it was made from.
 */
export function yumRepository(programs: readonly Program[], options: YumRepositoryOptions): Activity<"version"> {
  programs.forEach(checkProgram);
  checkOptions<YumRepositoryOptions>("yumRepository", options, { key: true });
  const { key } = options;
  return activity({
    per: "version",
    ...settled(options, {
      name: "PublishYumRepository",
      script: "yum-repository.sh",
      timeout: hours(1),
      worker: SMALL,
    }),
    exclusive: true,
    changesDownloads: true,
    worksOn: ({ platforms }) => platforms.filter(isRpm),
    shouldRun: ({ version, platforms, status }) =>
      dueToPublish(
        platforms.filter(isRpm).flatMap((platform) =>
          programs.map((program) => {
            const { checksum, published } = rpmBuild(program, version, platform);
            const artifacts = { produces: () => [checksum], publishes: () => [published] };
            return { what: program.name, platform, withdrawn: isWithdrawn(program, version), state: status(artifacts) };
          }),
        ),
      ),
    withdraw: {
      kind: "script",
      // It makes the metadata anew, without what WITHDRAWN names.
      script: script("yum-repository.sh"),
      takes: ({ version, platforms }) =>
        platforms
          .filter(isRpm)
          .flatMap((platform) => programs.map((program) => rpmBuild(program, version, platform).published)),
    },
    env: ({ version, platforms, build }) => ({
      BUILT: platforms
        .filter(isRpm)
        .flatMap((platform) =>
          withdrawnBy(build, programs).map((program) => {
            const { checksum, published } = rpmBuild(program, version, platform);
            return [platform, isWithdrawn(program, version) ? "-" : checksum.key, published.key].join(" ");
          }),
        )
        .join("\n"),
      WITHDRAWN: withdrawnBy(build, programs)
        .flatMap((program) =>
          (program.withdrawn ?? []).map((each) => {
            const { rpm } = packaged(program, each);
            return `packages/${program.name}/${rpm.version}-${rpm.release}.`;
          }),
        )
        .join("\n"),
      ...keyVariables(key),
    }),
    access: {
      reads: [scratch("packages/"), downloads("rpm/"), ...keyAccess(key).reads],
      writes: [downloads("rpm/"), ...keyAccess(key).writes],
      deletes: [downloads("rpm/")],
    },
    secrets: keySecrets(key),
  });
}
