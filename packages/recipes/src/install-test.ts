import {
  type Activity,
  activity,
  downloads,
  hours,
  type Platform,
  type Published,
  type Question,
  scratch,
  type Version,
} from "@muster/pipeline";
import { debianBuild, isDebian } from "./apt-location.ts";
import { checkOptions, checkProgram } from "./check-options.ts";
import { type Program, packagesOf, unlessLeftOut } from "./program.ts";
import { LARGE, type RecipeOptions, settled } from "./recipe-options.ts";
import { publicKeys, type SigningKey } from "./signing-key.ts";
import { isRpm, rpmBuild } from "./yum-location.ts";

/** What tests of published packages have in common. */
export interface PublishedTestOptions extends RecipeOptions {
  /** The key that signs the repository. */
  readonly key: SigningKey;
  /** Where users reach the bucket of downloads, for example `https://dl.example.org`. On one machine the stage serves it. */
  readonly url?: string;
  /** A mirror of the distribution, as for debianPackage. */
  readonly mirror?: string;
  /** The container image that is the clean root of one of rpm's platforms, as for rpmPackage. */
  readonly image?: (platform: Platform) => string;
}

export interface InstallTestOptions extends PublishedTestOptions {
  /** A line of shell that is run once they are installed, and fails the step where it fails: `hello --version`. */
  readonly run: string;
}

export interface SmokeTestOptions extends PublishedTestOptions {
  /**
   * A script of your own, relative to the pipeline's folder. What it has `installed` run, runs in a clean root where the
   * packages were installed: `installed hello --version`, or `installed <<'EOF'` and a script.
   */
  readonly script: string;
}

/** What a platform's package manager calls a version's packages. */
interface Installable {
  readonly tool: "apt-get" | "dnf";
  readonly packageVersion: string;
  readonly published: readonly Published[];
  /** The container image that is its clean root; a chroot where absent. */
  readonly image?: string;
}

function installable(program: Program, version: Version, platform: Platform): Installable {
  if (!isRpm(platform)) {
    const { debianVersion, published } = debianBuild(program, version, platform);
    return { tool: "apt-get", packageVersion: debianVersion, published };
  }
  const { full, image, published } = rpmBuild(program, version, platform);
  return { tool: "dnf", packageVersion: full, published: [published], image };
}

const isInstallable = (platform: Platform): boolean => isDebian(platform) || isRpm(platform);

const testedKey = (kind: string, program: Program, version: Version, platform: Platform) =>
  scratch(`tested/${program.name}/${kind}-${platform}-${installable(program, version, platform).packageVersion}`);

const USUAL_NAMES = { installed: "TestInstallation", smoke: "SmokeTest" } as const;

function publishedTest(program: Program, kind: keyof typeof USUAL_NAMES, options: PublishedTestOptions) {
  const { key, url = "", mirror = "" } = options;
  const { binary, armored } = publicKeys(key);
  return {
    per: "platform",
    ...settled(options, { name: USUAL_NAMES[kind], script: "install-test.sh", timeout: hours(1), worker: LARGE }),
    produces: ({ version, platform }: { version: Version; platform: Platform }) =>
      isInstallable(platform) ? [testedKey(kind, program, version, platform)] : [],
    shouldRun: async ({ version, platform, status }: Question<"platform">) => {
      const leftOut = await unlessLeftOut(program, { version, platform }, isInstallable);
      if (leftOut !== undefined) return leftOut;
      const { published, packageVersion } = installable(program, version, platform);
      if ((await status({ publishes: () => published })) === "succeeded") return undefined;
      return { run: false, reason: `${program.name} ${packageVersion} is not published` };
    },
    env({ version, platform }: { version: Version; platform: Platform }): Readonly<Record<string, string>> {
      if (!isInstallable(platform)) return {};
      const { tool, packageVersion, image = "" } = installable(program, version, platform);
      return {
        PACKAGES: packagesOf(program)
          .map((name) => `${name}=${packageVersion}`)
          .join(" "),
        KEY_NAME: key.name,
        REPOSITORY_URL: url,
        MIRROR: mirror,
        TOOL: tool,
        IMAGE: options.image?.(platform) ?? image,
        TESTED_KEY: testedKey(kind, program, version, platform).key,
      };
    },
    access: {
      reads: [scratch("chroots/"), binary, downloads("debian/"), downloads("ubuntu/"), downloads("rpm/"), armored],
      writes: [scratch("chroots/"), scratch("tested/")],
    },
  } as const;
}

/**
 * A version's packages as users get them, on each platform: apt installs them in a clean chroot of that release, dnf in a clean
 * container, from the published repository, its signatures on, and removes them again once they have run.
 */
export function installTest(program: Program, options: InstallTestOptions): Activity<"platform"> {
  checkProgram(program);
  checkOptions<InstallTestOptions>("installTest", options, {
    key: true,
    url: true,
    mirror: true,
    image: true,
    run: true,
  });
  const test = publishedTest(program, "installed", options);
  return activity({
    ...test,
    env: (subject) => ({ ...test.env(subject), RUN: options.run }),
  });
}

/** A script of your own, on each platform, with the published packages installed. */
export function smokeTest(program: Program, options: SmokeTestOptions): Activity<"platform"> {
  checkProgram(program);
  checkOptions<SmokeTestOptions>("smokeTest", options, {
    key: true,
    url: true,
    mirror: true,
    image: true,
    script: true,
  });
  return activity({ ...publishedTest(program, "smoke", options), script: options.script });
}
