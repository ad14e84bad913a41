import { execFile } from "node:child_process";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseLinuxPlatform } from "@muster/pipeline";
import { seriesOf } from "../artifacts.ts";

const run = promisify(execFile);

const person = { NAME: "HHVM", EMAIL: "hhvm@example.org" };
const gitEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  GIT_CONFIG_GLOBAL: "/dev/null",
  ...Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((role) =>
      Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
    ),
  ),
};

/** Runs git in a folder, as nobody's configuration says. */
export const git = async (folder: string, ...args: string[]): Promise<string> =>
  (await run("git", ["-C", folder, ...args], { env: gitEnvironment })).stdout.trim();

/** What a branch of the packaging repository says of its versions. */
export interface PackagingBranch {
  readonly platforms: readonly string[];
  /** Lines of DEBIAN_REPOSITORIES. */
  readonly suites: readonly string[];
  /** Debian revisions other than `1~<codename>`, by platform. */
  readonly revisions?: Readonly<Record<string, string>>;
}

/**
 * The repositories that a release of HHVM needs, made for tests: the packaging repository and hhvm-docker with the entry points of the real ones,
 * and a source with a public and a staging repository. All are bare, in one folder, and changed by what this returns.
 */
export async function releaseRepositories(folder: string) {
  const at = (name: string) => join(folder, name);
  const url = (name: string) => `file://${at(`${name}.git`)}`;
  for (const name of ["packaging", "hhvm-docker", "source", "staging"]) {
    await run("git", ["init", "--quiet", "--bare", "--initial-branch=master", at(`${name}.git`)], {
      env: gitEnvironment,
    });
    await run("git", ["init", "--quiet", "--initial-branch=master", at(name)], { env: gitEnvironment });
    await git(at(name), "remote", "add", "origin", at(`${name}.git`));
  }

  async function push(name: string, branch: string) {
    await git(at(name), "add", "--all");
    await git(at(name), "commit", "--quiet", "--allow-empty", "--message", branch);
    await git(at(name), "push", "--quiet", "origin", `HEAD:refs/heads/${branch}`);
  }

  async function writeFiles(name: string, files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(at(name), path, ".."), { recursive: true });
      await writeFile(join(at(name), path), text);
    }
  }

  async function packagingBranch(branch: string, { platforms, suites, revisions = {} }: PackagingBranch) {
    await git(at("packaging"), "checkout", "--quiet", "-B", branch);
    await cp(join(import.meta.dirname, "packaging/bin"), join(at("packaging"), "bin"), { recursive: true });
    await mkdir(join(folder, "targets", branch), { recursive: true });
    await writeFile(join(folder, "targets", branch, "CURRENT_TARGETS"), lines(platforms));
    await writeFiles("packaging", {
      CURRENT_TARGETS: lines(platforms),
      DEBIAN_REPOSITORIES: lines(suites),
      ".gitignore": "/out/\n/nodist/\n",
    });
    for (const platform of platforms) {
      const { family, codename } = parseLinuxPlatform(platform) ?? { family: "", codename: "" };
      await writeFiles("packaging", {
        [`${platform}/DOCKER_BASE`]: `${family}:${codename}\n`,
        [`${platform}/DISTRIBUTION`]: `${codename}\n`,
        [`${platform}/PKGVER`]: `${revisions[platform] ?? `1~${codename}`}\n`,
      });
      await cp(join(import.meta.dirname, "packaging/debian"), join(at("packaging"), platform, "debian"), {
        recursive: true,
      });
      const makePackage = join(at("packaging"), platform, "make-package");
      await symlink("/opt/hhvm-packaging/bin/make-debianish-package", makePackage).catch(() => undefined);
    }
    await push("packaging", branch);
  }

  /** Commits to the series' branch in staging and tags it; in public it is not yet. */
  async function tagInStaging(version: string): Promise<string> {
    const branch = `HHVM-${seriesOf(version)}`;
    const known = await git(at("staging"), "branch", "--list", branch);
    await git(at("staging"), "checkout", "--quiet", ...(known === "" ? ["-b", branch, "master"] : [branch]));
    await writeFiles("staging", { "main.cpp": `// ${version}\n` });
    await push("staging", branch);
    await git(at("staging"), "tag", `HHVM-${version}`);
    await git(at("staging"), "push", "--quiet", "origin", `HHVM-${version}`);
    return git(at("staging"), "rev-parse", "HEAD");
  }

  await packagingBranch("master", { platforms: [], suites: ["DISTRO"] });
  await writeFiles("staging", { "main.cpp": "int main() {}\n", "hphp/test/slow/large.php": "a test\n" });
  await push("staging", "master");
  await git(at("staging"), "push", "--quiet", at("source.git"), "HEAD:refs/heads/master");

  return {
    /** What scripts find in their environment. */
    env: {
      PACKAGING_REPOSITORY: url("packaging"),
      DOCKER_REPOSITORY: url("hhvm-docker"),
      SOURCE_REPOSITORY: url("source"),
      STAGING_REPOSITORY: url("staging"),
    },
    packagingBranch,
    /** The working copy of the packaging repository, on the branch that was made last. */
    packaging: at("packaging"),
    pushPackaging: (branch: string) => push("packaging", branch),
    tagInStaging,
    /** A branch of hhvm-docker with its EXTRA_TAGS. */
    async imageBranch(branch: string, tags: readonly string[]) {
      await git(at("hhvm-docker"), "checkout", "--quiet", "-B", branch);
      await cp(join(import.meta.dirname, "hhvm-docker"), at("hhvm-docker"), { recursive: true });
      await writeFiles("hhvm-docker", { EXTRA_TAGS: lines(tags) });
      await push("hhvm-docker", branch);
    },
    /** What names these repositories instead of HHVM's own where the definition is loaded. */
    definitionEnv: {
      HHVM_CURRENT_TARGETS: join(folder, "targets/{branch}/CURRENT_TARGETS"),
      HHVM_PACKAGING_REPOSITORY: url("packaging"),
      HHVM_DOCKER_REPOSITORY: url("hhvm-docker"),
      HHVM_SOURCE_REPOSITORY: url("source"),
      HHVM_STAGING_REPOSITORY: url("staging"),
    },
    /** What a ref is in the public repository; undefined where it is not there. */
    async inPublic(ref: string): Promise<string | undefined> {
      const [commit] = (await git(at("source.git"), "for-each-ref", "--format=%(objectname)", ref)).split("\n");
      return commit || undefined;
    },
    /** The working copy that is pushed to staging. */
    staging: at("staging"),
    publicRepository: at("source.git"),
  };
}

export type ReleaseRepositories = Awaited<ReturnType<typeof releaseRepositories>>;

const lines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join("");
