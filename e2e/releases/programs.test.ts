import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, keepChroots, restoreChroots } from "./chroots.ts";
import { createReleaseRepository, lacking, pipelineText, type ReleaseRepository } from "./release-repository.ts";

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

const rules = ({ name, install }: Packaging) => `#!/usr/bin/make -f
%:
	dh $@

override_dh_auto_build:
	${install === "tally" ? "$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) -o tally cpp/tally.cpp" : "true"}

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

const tally: Packaging = { name: "tally", architecture: "any", install: "tally" };
const pytally: Packaging = { name: "pytally", architecture: "all", install: "python/pytally" };

async function writePackaging(packaging: Packaging, folder: string): Promise<void> {
  await repository.write(`${folder}/debian/control`, control(packaging));
  await repository.write(`${folder}/debian/rules`, rules(packaging), { executable: true });
  await repository.write(`${folder}/debian/copyright`, copyright);
}

const check = (program: string) => `test "$(printf "a\\\\nb\\\\n" | ${program})" = 2`;

const pipeline = ({ lintian = "error", worker = "" } = {}) =>
  pipelineText({
    name: "tally",
    platforms: ["debian-12-bookworm", "debian-13-trixie"],
    imports: "aptRepository, debianPackage, installTest, sourceTarball",
    values: `
const tally: Program = { name: "tally" };
const pytally: Program = { name: "pytally" };
const lintian = "${lintian}";`,
    flow: `forEachVersion(
    sourceTarball(tally),
    sourceTarball(pytally, { activity: "MakePythonTarball" }),
    forEachPlatform(debianPackage(tally, { folder: "cpp/debian", lintian, ccache: true, logIdleTimeout: 240 ${worker} })),
    forEachPlatform(debianPackage(pytally, { activity: "MakePythonPackages", folder: "python/debian", lintian })),
    aptRepository([tally, pytally], { key }),
    forEachPlatform(installTest(tally, { key, run: ${JSON.stringify(check("tally"))} })),
    forEachPlatform(
      installTest(pytally, { activity: "TestPython", key, run: ${JSON.stringify(check("pytally"))} }),
    ),
  )`,
  });

/** The lines in which a failed build ends. */
const failures = (output: string): string => output.slice(output.indexOf("The following steps have failed:"));

async function build(...words: string[]) {
  const outcome = await repository.build(...words);
  await keepChroots(repository);
  return outcome;
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
    await repository.write("release/pipeline.ts", pipeline({ lintian: "warning" }));
    await repository.tag("1.1.0");
    const { exitCode, output } = await build("1.1.0", "debian-12-bookworm");
    expect(exitCode).toBe(1);
    expect(failures(output)).toContain("lintian finds warnings in the packages, see above");
    await repository.write("release/pipeline.ts", pipeline());
    const again = await build("1.1.0", "debian-12-bookworm");
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).toMatch(/MakeSourceTarball-1\.1\.0 skipped/);
  });

  test("a build dependency that a release does not have is named", async () => {
    await writePackaging({ ...tally, needs: "debhelper-compat (= 13), libnowhere-dev" }, "cpp");
    await repository.tag("1.2.0");
    const { exitCode, output } = await build("1.2.0", "debian-12-bookworm", "MakeSourceTarball", "MakeDebianPackages");
    expect(exitCode).toBe(1);
    expect(failures(output)).toContain(
      "bookworm has no libnowhere-dev, which Build-Depends in debian/control asks for",
    );
  });

  test("a build that hangs is ended by name", async () => {
    await writePackaging({ ...tally, install: "$$(sleep infinity)" }, "cpp");
    await repository.tag("1.3.0");
    const { exitCode, output } = await build("1.3.0", "debian-12-bookworm", "MakeSourceTarball", "MakeDebianPackages");
    expect(exitCode).toBe(1);
    expect(failures(output)).toMatch(/MakeDebianPackages.*Muster\.LogIdle/);
  });
});
