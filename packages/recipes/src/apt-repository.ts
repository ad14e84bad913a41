import {
  type Activity,
  activity,
  type Decision,
  downloads,
  hours,
  type Question,
  scratch,
  type Version,
} from "@muster/pipeline";
import { debianBuild, isDebian, suiteOf } from "./apt-location.ts";
import { checkOptions, checkProgram } from "./check-options.ts";
import { dueToPublish } from "./due-to-publish.ts";
import { isWithdrawn, type Program, packaged, packagesOf, withdrawnBy } from "./program.ts";
import { type RecipeOptions, SMALL, settled } from "./recipe-options.ts";
import { script } from "./script.ts";
import { keyAccess, keySecrets, keyVariables, type SigningKey } from "./signing-key.ts";

export interface AptRepositoryOptions extends RecipeOptions {
  /** Signs the repository's indices. */
  readonly key: SigningKey;
  /** What apt shows as `Origin` and `Label`. Default the key's name. */
  readonly origin?: string;
  /**
   * For so many days apt takes an index: who is held back by an old mirror is told then. It is signed anew in time by a
   * build of any version, if there is one. For ever where absent.
   */
  readonly validDays?: number;
}

/**
 * The packages of a version in apt repositories, `debian` and `ubuntu`, each release a suite: made by apt-ftparchive and
 * signed by gpg. A suite has all versions that are not withdrawn. Its indices can be had by their digests
 * (`Acquire-By-Hash`), and its `InRelease`, which makes them valid, is written last, and only over the one that it was
 * made from.
 */
export function aptRepository(programs: readonly Program[], options: AptRepositoryOptions): Activity<"version"> {
  programs.forEach(checkProgram);
  checkOptions<AptRepositoryOptions>("aptRepository", options, { key: true, origin: true, validDays: true });
  const { key, origin = key.name, validDays } = options;
  return activity({
    per: "version",
    ...settled(options, {
      name: "PublishAptRepository",
      script: "apt-repository.sh",
      timeout: hours(1),
      worker: SMALL,
    }),
    exclusive: true,
    changesDownloads: true,
    worksOn: ({ platforms }) => platforms.filter(isDebian),
    shouldRun: (question) => whatIsDue(programs, question, validDays),
    withdraw: {
      kind: "script",
      // It makes the indices anew, without what WITHDRAWN names.
      script: script("apt-repository.sh"),
      takes: ({ version, platforms }) =>
        platforms
          .filter(isDebian)
          .flatMap((platform) => programs.flatMap((each) => debianBuild(each, version, platform).published)),
    },
    env: ({ version, platforms, build }) => ({
      BUILT: platforms
        .filter(isDebian)
        .flatMap((platform) => withdrawnBy(build, programs).map((each) => builtLine(each, version, platform)))
        .join("\n"),
      WITHDRAWN: withdrawnLines(withdrawnBy(build, programs)).join("\n"),
      ORIGIN: origin,
      VALID_DAYS: String(validDays ?? ""),
      ...keyVariables(key),
    }),
    access: {
      reads: [scratch("packages/"), downloads("debian/"), downloads("ubuntu/"), ...keyAccess(key).reads],
      writes: [downloads("debian/"), downloads("ubuntu/"), ...keyAccess(key).writes],
      deletes: [downloads("debian/pool/"), downloads("ubuntu/pool/")],
    },
    secrets: keySecrets(key),
  });
}

/** Words of a line that says what of a platform may be built: platform, family, suite, and where its checksum lies. */
function builtLine(program: Program, version: Version, platform: string): string {
  const { family, codename, checksum } = debianBuild(program, version, platform);
  return [platform, family, codename, isWithdrawn(program, version) ? "-" : checksum.key].join(" ");
}

/** Source package and upstream version of all that no index may name. */
const withdrawnLines = (programs: readonly Program[]): string[] =>
  programs.flatMap((program) =>
    (program.withdrawn ?? []).map((version) => `${program.name} ${packaged(program, version).debian}`),
  );

/** Suites of a version whose index ends soon. */
async function dueSuites({ platforms, daysValid }: Question<"version">, validDays: number): Promise<readonly string[]> {
  const suites = [...new Set(platforms.filter(isDebian).map(suiteOf))];
  const days = await Promise.all(suites.map(daysValid));
  return suites.filter((_, index) => (days[index] ?? Number.POSITIVE_INFINITY) < validDays / 3);
}

/** Runs also where an index ends soon. */
async function whatIsDue(
  programs: readonly Program[],
  question: Question<"version">,
  validDays: number | undefined,
): Promise<Decision> {
  const { version, platforms, status } = question;
  const builds = platforms.filter(isDebian).flatMap((platform) => programs.map((program) => ({ program, platform })));
  const decision = await dueToPublish(
    builds.map(({ program, platform }) => {
      const { checksum, published } = debianBuild(program, version, platform);
      const state = status({ produces: () => [checksum], publishes: () => published });
      return { what: packagesOf(program).join(" "), platform, withdrawn: isWithdrawn(program, version), state };
    }),
  );
  if (decision.run || validDays === undefined) return decision;
  const due = await dueSuites(question, validDays);
  return due.length > 0 ? { run: true, reason: `${due.join(", ")}: to be signed anew` } : decision;
}
