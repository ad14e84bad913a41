import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, keepChroots, restoreChroots } from "./chroots.ts";
import { createReleaseRepository, lacking, pipelineText, type ReleaseRepository, run } from "./release-repository.ts";

/**
 * A C++ and a Python program in one repository, and what is wrong with them on purpose: each time the list in which a
 * build ends says what, where, and what to do, and the build after the correction does only what failed.
 */
const missing = await lacking("apt-ftparchive", "dpkg-source", "git", "gpg", "lintian", "mmdebstrap", "zstd");
if (!isRoot) missing.push("root");
if (missing.length > 0) console.log(`C++ and Python programs are not tried: there is no ${missing.join(", ")}`);

interface Packaging {
  readonly name: string;
  readonly architecture: "any" | "all";
  readonly needs?: string;
  /** A line of make that builds what is installed. */
  readonly build: string;
  readonly install: string;
}

const control = ({ name, architecture, needs = "debhelper-compat (= 13)" }: Packaging) => `Source: ${name}
Section: utils
Priority: optional
Maintainer: Tester <tester@example.org>
Build-Depends: ${needs}
Standards-Version: 4.6.2
Rules-Requires-Root: no

Package: ${name}
Architecture: ${architecture}
Depends: \${shlibs:Depends}, \${misc:Depends}${architecture === "all" ? ", python3:any" : ""}
Description: counts the lines of its input
 Prints how many lines its standard input has, and nothing else.
`;

const rules = ({ name, build, install }: Packaging) => `#!/usr/bin/make -f
%:
	dh $@

override_dh_auto_build:
	${build}

override_dh_auto_install:
	install -D -m 755 ${install} debian/${name}/usr/bin/${name}
`;

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2026 Tester <tester@example.org>
License: MIT
 Permission is hereby granted, free of charge, to any person obtaining a copy.
`;

const cpp = (extra = "") => `#include <iostream>
#include <string>
${extra}
int main() {
  int lines = 0;
  for (std::string line; std::getline(std::cin, line);) ++lines;
  std::cout << lines << "\\n";
}
`;

/** What only the newer of both compilers sees. */
const failsOnTrixie = `#if __GNUC__ > 12
int broken = undeclared;
#endif
`;

let repository: ReleaseRepository;

const compile = "$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) -o tally cpp/tally.cpp";
const tally: Packaging = { name: "tally", architecture: "any", build: compile, install: "tally" };
const pytally: Packaging = { name: "pytally", architecture: "all", build: "true", install: "python/pytally" };

async function writePackaging(packaging: Packaging, folder: string): Promise<void> {
  await repository.write(`${folder}/debian/control`, control(packaging));
  await repository.write(`${folder}/debian/rules`, rules(packaging), { executable: true });
  await repository.write(`${folder}/debian/copyright`, copyright);
}

const check = (program: string) => `test "$(printf "a\\\\nb\\\\n" | ${program})" = 2`;

/** @param options of the C++ program's packages, as text */
const pipeline = ({ options = "", platforms = ["debian-12-bookworm", "debian-13-trixie"] } = {}) =>
  pipelineText({
    name: "tally",
    platforms,
    imports: "aptRepository, debianPackage, installTest, sourceTarball",
    values: `
const tally: Program = { name: "tally" };
const pytally: Program = { name: "pytally" };`,
    flow: `forEachVersion(
    sourceTarball(tally),
    sourceTarball(pytally, { activity: "MakePythonTarball" }),
    forEachPlatform(debianPackage(tally, { folder: "cpp/debian", ccache: true, ${options} })),
    forEachPlatform(debianPackage(pytally, { activity: "MakePythonPackages", folder: "python/debian" })),
    aptRepository([tally, pytally], { key }),
    forEachPlatform(installTest(tally, { key, run: ${JSON.stringify(check("tally"))} })),
    forEachPlatform(
      installTest(pytally, { activity: "TestPython", key, run: ${JSON.stringify(check("pytally"))} }),
    ),
  )`,
  });

/** The lines in which a failed build ends. */
const failures = (output: string): string => output.slice(output.indexOf("The following steps have failed:"));

const packagesOnBookworm = ["debian-12-bookworm", "MakeSourceTarball", "MakeDebianPackages"];

async function build(...words: string[]) {
  const outcome = await repository.build(...words);
  await keepChroots(repository);
  return outcome;
}

/** What failed is done anew, and nothing else. */
async function expectOnlyPackages(version: string): Promise<void> {
  const { exitCode, output } = await build(version, ...packagesOnBookworm);
  expect(exitCode, output).toBe(0);
  expect(output).toContain(`MakeSourceTarball-${version} skipped`);
  expect(output).toContain("1 task done");
}

describe.skipIf(missing.length > 0)("programs of one's own", () => {
  beforeAll(async () => {
    repository = await createReleaseRepository("tally");
    await restoreChroots(repository);
    await repository.write("python/pytally", "#!/usr/bin/python3\nimport sys\n\nprint(len(sys.stdin.readlines()))\n");
    await repository.write("cpp/tally.cpp", cpp());
    await writePackaging(tally, "cpp");
    await writePackaging(pytally, "python");
    await repository.write("release/pipeline.ts", pipeline());
  });
  afterAll(() => repository?.[Symbol.asyncDispose]());

  test("a compile error on one platform only is told with its line, and the other platform is published", async () => {
    await repository.write("cpp/tally.cpp", cpp(failsOnTrixie));
    await repository.tag("1.0.0");
    const { exitCode, output } = await build("1.0.0");
    expect(exitCode).toBe(1);
    expect(failures(output)).toMatch(
      /MakeDebianPackages.*debian-13-trixie.*tally\.cpp:4:14: error: .*undeclared.* was not declared/,
    );
    expect(failures(output)).not.toMatch(/MakeDebianPackages.*bookworm/);
    const pool = await readdir(join(repository.downloads, "debian/pool/main/t/tally"));
    expect(pool).toContain("tally_1.0.0-1~bookworm_amd64.deb");
  });

  test("what lintian finds fails its step, and the build after the correction does only what failed", async () => {
    await repository.write("cpp/tally.cpp", cpp());
    await repository.write("cpp/debian/tally.docs", "cpp/INSTALL\n");
    await repository.write("cpp/INSTALL", "");
    await repository.write("release/pipeline.ts", pipeline({ options: 'lintian: "warning"' }));
    await repository.tag("1.1.0");
    const { exitCode, output } = await build("1.1.0", ...packagesOnBookworm);
    expect(exitCode).toBe(1);
    expect(failures(output)).toContain("lintian finds warnings in the packages, see above");
    await repository.write("release/pipeline.ts", pipeline());
    await expectOnlyPackages("1.1.0");
  });

  test("a disk that is full in the chroot is told, and with more room only what failed is done", async () => {
    await writePackaging({ ...tally, build: `head -c 900M /dev/zero >filler && ${compile}` }, "cpp");
    await repository.tag("1.2.0");
    const workers = join(repository.dir, ".muster/run");
    await mkdir(workers, { recursive: true });
    // Room for a clean root, and not for what is built there.
    await run("mount", ["-t", "tmpfs", "-o", "size=1400m", "tmpfs", workers]);
    const { exitCode, output } = await build("1.2.0", ...packagesOnBookworm).finally(() => run("umount", [workers]));
    expect(exitCode).toBe(1);
    expect(failures(output)).toMatch(/MakeDebianPackages.*the disk was full in the chroot: more rootVolumeGb/);
    await expectOnlyPackages("1.2.0");
  });

  test("a build dependency that a release does not have is named", async () => {
    await writePackaging({ ...tally, needs: "debhelper-compat (= 13), libnowhere-dev, bash (>= 99)" }, "cpp");
    await repository.tag("1.3.0");
    const { exitCode, output } = await build("1.3.0", ...packagesOnBookworm);
    expect(exitCode).toBe(1);
    expect(failures(output)).toContain(
      "bookworm has no bash (>= 99), libnowhere-dev, which Build-Depends in debian/control asks for",
    );
  });

  test("a build that hangs is ended by name, and leaves nothing mounted", async () => {
    await writePackaging({ ...tally, build: "sleep infinity" }, "cpp");
    await repository.write("release/pipeline.ts", pipeline({ options: "logIdleTimeout: minutes(2), retries: []" }));
    await repository.tag("1.4.0");
    const { exitCode, output } = await build("1.4.0", ...packagesOnBookworm);
    expect(exitCode).toBe(1);
    expect(failures(output)).toMatch(/MakeDebianPackages.*Muster\.LogIdle/);
    expect(await readFile("/proc/mounts", "utf8")).not.toContain(repository.dir);
  });

  test("a release that the mirror has no longer is told before anything is started", async () => {
    await repository.write("release/pipeline.ts", pipeline({ platforms: ["debian-5-lenny"] }));
    const { exitCode, output } = await build("1.5.0", "MakeSourceTarball", "MakeDebianPackages");
    expect(exitCode).toBe(2);
    expect(output).toMatch(
      /^muster: http:\/\/deb\.debian\.org\/debian has no lenny: name a mirror .*, or drop debian-5-lenny \(nothing was started\)\n$/,
    );
  });
});
