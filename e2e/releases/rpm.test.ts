import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ContainerImage, imageWithDnf, isRoot } from "./chroots.ts";
import { createReleaseRepository, lacking, pipelineText, type ReleaseRepository, run } from "./release-repository.ts";

const missing = await lacking("buildah", "createrepo_c", "dnf", "git", "gpg", "mmdebstrap", "rpm", "rpmsign");
if (!isRoot) missing.push("root");
if (missing.length > 0) console.log(`rpm packages are not tried: there is no ${missing.join(", ")}`);

const spec = `Name: tally
Version: 0
Release: 0
Summary: Counts lines
License: MIT
Source0: tally.tar.gz
BuildArch: noarch
AutoReqProv: no

%description
Counts the lines of its input.

%prep
%setup -q

%install
install -D -m 755 tally.py %{buildroot}%{_bindir}/tally

%files
%{_bindir}/tally
`;

let image: ContainerImage;
let repository: ReleaseRepository;

const pipeline = (withdrawn: readonly string[] = []) =>
  pipelineText({
    name: "tally",
    platforms: ["fedora-42"],
    imports: "installTest, rpmPackage, sourceTarball, yumRepository",
    values: `
const tally: Program = { name: "tally", withdrawn: ${JSON.stringify(withdrawn)} };
const image = () => ${JSON.stringify(image.name)};`,
    flow: `forEachVersion(
    sourceTarball(tally, { key }),
    forEachPlatform(rpmPackage(tally, { image, spec: "packaging/tally.spec" })),
    yumRepository([tally], { key }),
    forEachPlatform(installTest(tally, { key, image, run: 'test "$(printf "a\\\\nb\\\\n" | tally)" = 2' })),
  )`,
  });

describe.skipIf(missing.length > 0)("a Python program as .rpm", () => {
  beforeAll(async () => {
    repository = await createReleaseRepository("tally");
    image = await imageWithDnf();
    await repository.write("tally.py", "#!/usr/bin/python3\nimport sys\nprint(len(sys.stdin.readlines()))\n");
    await repository.write("packaging/tally.spec", spec);
    await repository.write("release/pipeline.ts", pipeline());
    await repository.tag("1.0.0", "1.1.0");
  });
  afterAll(async () => {
    await repository?.[Symbol.asyncDispose]();
    await image?.[Symbol.asyncDispose]();
  });

  const packages = async () =>
    (await readdir(join(repository.downloads, "rpm/fedora-42/packages"), { recursive: true }))
      .filter((name) => name.endsWith(".rpm"))
      .map((name) => name.replace(/.*\//, ""))
      .sort();

  test("is built, published, and installed by dnf with signatures on; then a second version", async () => {
    const { exitCode, output } = await repository.build("1.0.0");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("4 tasks done");
    const second = await repository.build("1.1.0");
    expect(second.exitCode, second.output).toBe(0);
    expect(await packages()).toEqual(["tally-1.0.0-1.fc42.noarch.rpm", "tally-1.1.0-1.fc42.noarch.rpm"]);
  });

  test("rpm takes digests and signatures of all that is published", async () => {
    const db = ["--dbpath", join(repository.dir, "rpmdb")];
    await run("rpm", [...db, "--import", join(repository.downloads, "tally-archive-keyring.asc")]);
    const folder = join(repository.downloads, "rpm/fedora-42/packages");
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".rpm"));
    for (const file of files) {
      const { stdout } = await run("rpm", [...db, "-K", join(folder, file)]);
      expect(stdout).toMatch(/digests signatures OK$/m);
    }
  });

  test("a withdrawn version is had by nobody, and the other still is", async () => {
    await repository.write("release/pipeline.ts", pipeline(["1.1.0"]));
    const { exitCode, output } = await repository.build("1.1.0");
    expect(exitCode, output).toBe(0);
    expect(await packages()).toEqual(["tally-1.0.0-1.fc42.noarch.rpm"]);
    const cache = ["--setopt=reposdir=/dev/null", `--setopt=cachedir=${join(repository.dir, "dnf")}`];
    const repo = ["--repofrompath", `tally,file://${repository.downloads}/rpm/fedora-42`, "--repo", "tally"];
    const root = [`--installroot=${join(repository.dir, "root")}`, "--releasever=42"];
    const { stdout } = await run("dnf", ["--quiet", ...cache, ...root, ...repo, "repoquery", "tally"]);
    expect(stdout.trim().split("\n")).toEqual(["tally-0:1.0.0-1.fc42.noarch"]);
    expect((await repository.build("1.1.0")).output).toContain("0 tasks done");
  });
});
