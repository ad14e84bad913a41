import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptClient } from "./apt-client.ts";
import { releaseRepositories } from "./release-repositories.ts";

const run = promisify(execFile);
const hhvm = join(import.meta.dirname, "..");
const command = join(hhvm, "../../packages/cli/bin/muster.mjs");

interface Results {
  readonly ForEachVersion: Readonly<Record<string, unknown>>;
}

/**
 * A machine on which whole releases of HHVM run: the definition and its scripts as they are, with real workers, git, reprepro and gpg. Only what a
 * worker's init would install, mount and decrypt is there already: a signing key, a folder as the volume, docker and aws, which are played.
 */
export async function releaseBench() {
  const folder = await mkdtemp(join(tmpdir(), "muster-hhvm-release-"));
  const at = (...path: string[]) => join(folder, ...path);
  const downloads = at(".muster/s3/hhvm-downloads");
  const gpgEnvironment = { PATH: "/usr/bin:/bin", GNUPGHOME: at("gnupg") };
  const gpg = (...args: string[]) => run("gpg", ["--batch", "--quiet", ...args], { env: gpgEnvironment });
  const repositories = await releaseRepositories(at("repositories"));

  for (const name of ["artifacts.ts", "env.ts", "pipeline.ts", "scripts"]) {
    await cp(join(hhvm, name), at("hhvm", name), { recursive: true });
  }
  const init = `#!/bin/bash\nexport PATH=${at("bin")}:$PATH GNUPGHOME=${at("gnupg")} REPOSITORIES=${at("volume")}\n`;
  for (const name of await readdir(at("hhvm/scripts/init"))) await writeFile(at("hhvm/scripts/init", name), init);
  await cp(join(hhvm, "testing/programs"), at("bin"), { recursive: true });
  const reprepro = `#!/bin/bash
if [ -f ${at("broken")} ] && [[ $* == *" include $(<${at("broken")}) "* ]]; then exit 1; fi
exec /usr/bin/reprepro "$@"
`;
  await writeFile(at("bin/reprepro"), reprepro);
  await chmod(at("bin/reprepro"), 0o755);
  await mkdir(at("volume"));
  await mkdir(at(".muster/s3/hhvm-nodist"), { recursive: true });
  await mkdir(at("gnupg"), { mode: 0o700 });
  await gpg("--passphrase", "", "--quick-generate-key", "signer@example.org", "ed25519", "sign", "never");
  await gpg("--output", at("key.gpg"), "--export");

  /** Exit code and all output; a build that fails is no error here. */
  async function muster(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const words = ["--disable-warning=ExperimentalWarning", command, ...args, "--pipeline", "hhvm/pipeline.ts"];
    const env = {
      ...repositories.definitionEnv,
      PATH: `${at("bin")}:/usr/local/bin:/usr/bin:/bin`,
      HOME: folder,
      USER: "tester",
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    };
    return run(process.execPath, words, { cwd: folder, env, maxBuffer: 2 ** 26 }).then(
      (ended) => ({ exitCode: 0, ...ended }),
      ({ code, stdout, stderr }) => ({ exitCode: code, stdout, stderr }),
    );
  }

  return {
    repositories,
    downloads,
    /** Branches of a series in the packaging repository and in hhvm-docker. */
    async series(name: string, platforms: readonly string[], tags: readonly string[]) {
      await repositories.packagingBranch(`HHVM-${name}`, { platforms, suites: ["DISTRO", `DISTRO-${name}`] });
      await repositories.imageBranch(`HHVM-${name}`, tags);
    },
    muster,
    /** Runs a build of the version that its first word is. */
    async build(version: string, ...words: string[]) {
      const { exitCode, stdout, stderr } = await muster("build", version, ...words, "--time-scale", "500");
      const results: Results = JSON.parse((await muster("results", "--json")).stdout);
      return { exitCode, report: stdout + stderr, steps: results.ForEachVersion[version] };
    },
    /** apt, with one suite of a family. */
    async apt(family: string, suite: string) {
      const sources = [`deb [signed-by=${at("key.gpg")}] file:${downloads}/${family} ${suite} main`];
      return aptClient(await mkdtemp(at(`apt-${suite}-`)), sources);
    },
    verify: (signature: string, file: string) => gpg("--verify", signature, file),
    /** What the pushed image of a tag was made of. */
    image: (name: string) => readFile(at("docker/registry", name.replace("/", "_")), "utf8"),
    /** From now on reprepro stops short of a suite; of none where undefined. */
    breakAt: (suite: string | undefined) => (suite === undefined ? rm(at("broken")) : writeFile(at("broken"), suite)),
    /** What lies in scratch long enough is no longer there. */
    expireScratch: () => rm(at(".muster/s3/hhvm-scratch"), { recursive: true }),
    /** Paths of all files that users can have. */
    async published(): Promise<string[]> {
      const files = await readdir(downloads, { recursive: true, withFileTypes: true });
      return files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    },
    async [Symbol.asyncDispose]() {
      await run("gpgconf", ["--kill", "gpg-agent"], { env: gpgEnvironment });
      await rm(folder, { recursive: true, maxRetries: 5 });
    },
  };
}
