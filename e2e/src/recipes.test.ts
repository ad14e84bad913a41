import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createReleaseRepository,
  lacking,
  pipelineText,
  type ReleaseRepository,
  run,
  serveFiles,
} from "../releases/release-repository.ts";

/**
 * Source tarball and apt repository by recipes, of a package that needs no compiler and no chroot: what does is in
 * `releases/`. Judges are git, gpgv, apt-get and reprepro.
 */
const tools = ["apt-ftparchive", "apt-get", "dpkg-deb", "gpg", "gpgv", "git", "reprepro"];
const missing = await lacking(...tools);
if (missing.length > 0) console.log(`recipes are not tried: this machine has no ${missing.join(", ")}`);

const platforms = ["debian-12-bookworm", "debian-13-trixie"];
const codenames = ["bookworm", "trixie"];

/** Packs a script, and names what it has made as debianPackage would. */
const packScript = `#!/bin/bash
set -euo pipefail
muster-s3 cp "s3://$SCRATCH_BUCKET/source/greet-$VERSION.tar.gz" source.tar.gz
tar -xzf source.tar.gz
mkdir -p root/usr/bin root/DEBIAN
install -m 755 "greet-$VERSION/greet.sh" root/usr/bin/greet
printf 'Package: greet\\nVersion: %s\\nArchitecture: all\\nMaintainer: Me <me@example.org>\\nDescription: greets\\n' \\
  "$DEBIAN_VERSION" >root/DEBIAN/control
mkdir out
dpkg-deb --root-owner-group --build root "out/greet_\${DEBIAN_VERSION}_all.deb"
cd out
touch "greet_$DEBIAN_VERSION.dsc"
sha256sum -- * >../sums
for file in *; do muster-s3 cp "$file" "s3://$SCRATCH_BUCKET/$BUILT_PREFIX$file"; done
muster-s3 cp ../sums "s3://$SCRATCH_BUCKET/$BUILT_CHECKSUM"
`;

const pipeline = (withdrawn: readonly string[] = [], has = platforms) =>
  pipelineText({
    name: "greet",
    platforms: has,
    imports: "aptRepository, debianBuild, sourceTarball",
    values: `
const greet: Program = { name: "greet", withdrawn: ${JSON.stringify(withdrawn)} };
const Pack = activity({
  name: "Pack",
  per: "platform",
  script: "pack.sh",
  timeout: minutes(10),
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version, platform }) => [debianBuild(greet, version, platform).checksum],
  publishes: ({ version, platform }) => debianBuild(greet, version, platform).published,
  shouldRun: async ({ version }) =>
    greet.withdrawn?.includes(version) ? { run: false, reason: "it is withdrawn" } : undefined,
  env: ({ version, platform }) => {
    const { debianVersion, folder, checksum } = debianBuild(greet, version, platform);
    return { DEBIAN_VERSION: debianVersion, BUILT_PREFIX: folder.key, BUILT_CHECKSUM: checksum.key };
  },
});`,
    flow: `forEachVersion(
    sourceTarball(greet, { key, publish: "source" }),
    forEachPlatform(Pack),
    aptRepository([greet], { key, validDays: 90 }),
  )`,
  });

let repository: ReleaseRepository;

async function aptFor(codename: string, url: string) {
  const dir = join(repository.dir, "apt", codename);
  for (const folder of [
    "etc/apt.conf.d",
    "etc/preferences.d",
    "etc/trusted.gpg.d",
    "lists/partial",
    "archives/partial",
  ])
    await mkdir(join(dir, folder), { recursive: true });
  const keyring = join(repository.downloads, "greet-archive-keyring.gpg");
  await writeFile(join(dir, "etc/sources.list"), `deb [signed-by=${keyring}] ${url}/debian ${codename} main\n`);
  await writeFile(join(dir, "status"), "");
  await writeFile(
    join(dir, "apt.conf"),
    `Dir::Etc "${dir}/etc";\nDir::State "${dir}";\nDir::State::status "${dir}/status";\nDir::Cache "${dir}";\n` +
      'APT::Update::Error-Mode "any";\nAPT::Sandbox::User "";\n',
  );
  const options = { cwd: dir, env: { PATH: "/usr/bin:/bin", APT_CONFIG: join(dir, "apt.conf"), LC_ALL: "C.UTF-8" } };
  await run("apt-get", ["update"], options);
  return {
    dir,
    versions: async () => {
      const { stdout } = await run("apt-cache", ["madison", "greet"], options);
      return [...stdout.matchAll(/greet \| *(\S+)/g)].map(([, version]) => version);
    },
    download: async (word: string) => {
      await run("apt-get", ["download", word], options);
      return (await readdir(dir)).filter((name) => name.endsWith(".deb"));
    },
  };
}

beforeAll(async () => {
  if (missing.length > 0) return;
  repository = await createReleaseRepository("greet");
  await repository.write("greet.sh", "#!/bin/sh\necho hello\n", { executable: true });
  await repository.write("release/pack.sh", packScript, { executable: true });
  await repository.write("release/pipeline.ts", pipeline([], platforms.slice(0, 1)));
  await repository.tag("1.2.3", "1.3.0");
  const { exitCode, output } = await repository.build("1.2.3");
  expect(exitCode, output).toBe(0);
});
afterAll(() => repository?.[Symbol.asyncDispose]());

describe.skipIf(missing.length > 0)("a release by recipes", () => {
  test("the source tarball is what git has, and its signature and checksum hold", async () => {
    const folder = join(repository.downloads, "source");
    await run("sha256sum", ["--check", "greet-1.2.3.tar.gz.sha256"], { cwd: folder });
    const keyring = join(repository.downloads, "greet-archive-keyring.gpg");
    await run("gpgv", ["--keyring", keyring, "greet-1.2.3.tar.gz.sig", "greet-1.2.3.tar.gz"], { cwd: folder });
    const archive = ["-c", "tar.umask=0022", "archive", "--format=tar", "--prefix=greet-1.2.3/", "v1.2.3"];
    await run("sh", ["-c", `git ${archive.join(" ")} | gzip -9n | cmp - ${folder}/greet-1.2.3.tar.gz`], {
      cwd: repository.dir,
    });
  });

  test("an added platform and a second version are published, with what is there already skipped", async () => {
    await repository.write("release/pipeline.ts", pipeline());
    const { exitCode, output } = await repository.build("1.2.3", "1.3.0");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("6 tasks done, 2 skipped");
    await using web = await serveFiles(repository.downloads);
    for (const codename of codenames) {
      const apt = await aptFor(codename, web.url);
      expect(await apt.versions()).toEqual([`1.3.0-1~${codename}`, `1.2.3-1~${codename}`]);
      expect(await apt.download("greet")).toEqual([`greet_1.3.0-1~${codename}_all.deb`]);
    }
  });

  test("verify follows it all from the key to the packages, and names what somebody has changed since", async () => {
    const verify = () => repository.muster("verify", "1.2.3", "--pipeline", "release/pipeline.ts");
    const whole = await verify();
    expect(whole, whole.stdout + whole.stderr).toMatchObject({ exitCode: 0, stderr: "" });
    expect(whole.stdout).toMatch(/^1\.2\.3: all \d+ objects are good; /);
    expect(whole.stdout).toMatch(
      /\/pool\/main\/g\/greet\/greet_1\.2\.3-1~trixie_all\.deb {2}.*its attempt, its index$/m,
    );
    const { good, objects } = await repository.json<{ good: boolean; objects: { checks: { check: string }[] }[] }>(
      ...["verify", "1.2.3", "--pipeline", "release/pipeline.ts"],
    );
    expect(good).toBe(true);
    expect(objects.every(({ checks }) => checks.some(({ check }) => check === "metadata"))).toBe(true);
    // The tarball twice, and the InRelease of both suites.
    expect(whole.stdout).toMatch(/^4 objects signed by greet release signing key, key [0-9A-F]{40}$/m);
    const [deb, inRelease] = [
      join(repository.downloads, "debian/pool/main/g/greet/greet_1.2.3-1~trixie_all.deb"),
      join(repository.downloads, "debian/dists/bookworm/InRelease"),
    ];
    const former = new Map(
      await Promise.all([deb, inRelease].map(async (file) => [file, await readFile(file)] as const)),
    );
    await appendFile(deb, "x");
    await writeFile(inRelease, former.get(inRelease)?.toString().replace("Origin: greet", "Origin: other") ?? "");
    const tampered = await verify();
    for (const [file, content] of former) await writeFile(file, content);
    expect(tampered.exitCode).toBe(1);
    const [answer, ...lines] = tampered.stdout.split("\n");
    expect(answer).toMatch(/^1\.2\.3: 2 of \d+ objects are not good; /);
    const wrong = lines.filter((line) => line.startsWith("✖"));
    expect(wrong.map((line) => line.slice(line.lastIndexOf("/") + 1))).toEqual([
      "InRelease",
      "greet_1.2.3-1~trixie_all.deb",
    ]);
    expect(tampered.stdout).toMatch(/^ {4}it is not what greet release signing key, key [0-9A-F]{16} signed$/m);
    expect(tampered.stdout).toMatch(/^ {4}the record of PublishAptRepository-1\.2\.3 in \S+ says [0-9a-f]{64}$/m);
  });

  test("a version that nobody built is told with the nearest one", async () => {
    for (const command of ["artifacts", "verify"]) {
      const { exitCode, stderr } = await repository.muster(command, "1.2.4", "--pipeline", "release/pipeline.ts");
      expect(exitCode).toBe(2);
      expect(stderr).toBe("muster: nothing of a version 1.2.4 was built here (did you mean 1.2.3?)\n");
    }
  });

  test("another tool takes the repository, its signature included, and finds no fault with it", async () => {
    await using web = await serveFiles(repository.downloads);
    const base = join(repository.dir, "mirror");
    const conf = (name: string, text: string) => repository.write(join("mirror/conf", name), text);
    await conf("distributions", "Codename: bookworm\nArchitectures: amd64\nComponents: main\nUpdate: ours\n");
    await repository.write("mirror/gpg/.keep", "");
    const home = { env: { PATH: "/usr/bin:/bin", GNUPGHOME: join(base, "gpg"), HOME: base } };
    const key = join(repository.downloads, "greet-archive-keyring.asc");
    await run("chmod", ["700", join(base, "gpg")]);
    await run("gpg", ["--batch", "--quiet", "--import", key], home);
    const { stdout } = await run("gpg", ["--batch", "--with-colons", "--list-keys"], home);
    const [, id = ""] = /^pub:[^:]*:[^:]*:[^:]*:([^:]+):/m.exec(stdout) ?? [];
    await conf("updates", `Name: ours\nMethod: ${web.url}/debian\nSuite: bookworm\nVerifyRelease: ${id}\n`);
    await run("reprepro", ["--basedir", base, "update"], home);
    const { stdout: listed } = await run("reprepro", ["--basedir", base, "list", "bookworm"], home);
    expect(listed).toContain("greet 1.3.0-1~bookworm");
    await run("reprepro", ["--basedir", base, "check"], home);
    await run("gpgconf", ["--kill", "all"], home);
  });

  test("a withdrawn version is had by nobody, and the others still are", async () => {
    await repository.write("release/pipeline.ts", pipeline(["1.3.0"]));
    const { exitCode, output } = await repository.build("1.3.0");
    expect(exitCode, output).toBe(0);
    await using web = await serveFiles(repository.downloads);
    for (const codename of codenames) {
      expect(await (await aptFor(codename, web.url)).versions()).toEqual([`1.2.3-1~${codename}`]);
    }
    const pool = await readdir(join(repository.downloads, "debian/pool/main/g/greet"));
    expect(pool.filter((name) => name.endsWith(".deb")).sort()).toEqual(
      codenames.map((codename) => `greet_1.2.3-1~${codename}_all.deb`),
    );
    const again = await repository.build("1.3.0");
    expect(again.output).toContain("0 tasks done");
  });

  test("a version without its tag is told how to get one", async () => {
    const { exitCode, output } = await repository.build("1.4.0");
    expect(exitCode).toBe(1);
    expect(output).toContain("has no tag v1.4.0: make it on the version's commit (git tag v1.4.0) and build again");
  });

  test("before the first commit a nightly is made of the files as they are", async () => {
    await using begun = await createReleaseRepository("begun");
    await begun.write("begun.sh", "#!/bin/sh\n", { executable: true });
    const values = 'const begun: Program = { name: "begun" };';
    const flow = "forEachVersion(sourceTarball(begun))";
    const text = pipelineText({ name: "begun", platforms, imports: "sourceTarball", values, flow });
    await begun.write("release/pipeline.ts", text);
    const { exitCode, output } = await begun.build("2026.11.24");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("the files as they are, for nothing is committed yet");
    const tarball = join(begun.scratch, "source/begun-2026.11.24.tar.gz");
    const { stdout } = await run("tar", ["-tzf", tarball]);
    const files = [".gitignore", "begun.sh", "release/", "release/dummy.sh", "release/pipeline.ts"];
    expect(stdout.trim().split("\n")).toEqual(["", ...files].map((path) => `begun-2026.11.24/${path}`));
  });

  test("the private key is where nobody downloads", async () => {
    const files = await readdir(repository.downloads, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile() && each.name.endsWith(".asc"))) {
      expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain("PRIVATE");
    }
  });
});
