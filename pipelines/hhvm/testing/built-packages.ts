import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseLinuxPlatform } from "@muster/pipeline";
import { isNightly, packageName } from "../artifacts.ts";
import { hasProgram } from "./has-program.ts";

const run = promisify(execFile);

const needed = ["dpkg-buildpackage", "make", "xz", "reprepro", "gpg", "dpkg-deb", "apt-get"];
const architecture = () =>
  run("dpkg", ["--print-architecture"]).then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );

/** Whether this machine can make HHVM's packages, which are for amd64, of a source, and repositories of them. */
export const canPublish =
  (await Promise.all(needed.map(hasProgram))).every(Boolean) && (await architecture()) === "amd64";

const made = new Map<string, Promise<ReadonlyMap<string, Buffer>>>();

export interface BuiltPackages {
  readonly version: string;
  readonly platform: string;
  /** What the source says: another content is another build. */
  readonly content?: string;
}

/** What make-package leaves for a version and platform, by file name; made once a process by Debian's own tools. */
export function builtPackages(wanted: BuiltPackages): Promise<ReadonlyMap<string, Buffer>> {
  const key = JSON.stringify(wanted);
  const files = made.get(key) ?? build(wanted);
  made.set(key, files);
  return files;
}

async function build({ version, platform, content = version }: BuiltPackages): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "muster-hhvm-package-"));
  const { codename = "" } = parseLinuxPlatform(platform) ?? {};
  const name = `${packageName(version)}-${version}`;
  const [out, distro] = [join(folder, "out"), join(folder, "distro")];
  try {
    for (const each of [out, join(folder, "nodist"), join(folder, "source", name)])
      await mkdir(each, { recursive: true });
    await cp(join(import.meta.dirname, "packaging/debian"), join(distro, "debian"), { recursive: true });
    await writeFile(join(distro, "PKGVER"), `1~${codename}\n`);
    await writeFile(join(distro, "DISTRIBUTION"), `${codename}\n`);
    await writeFile(join(folder, "source", name, "main.cpp"), `// ${content}\n`);
    const tar = [
      "--create",
      "--gzip",
      "--mtime=@0",
      "--file",
      join(out, `${name}.tar.gz`),
      "--directory",
      join(folder, "source"),
    ];
    await run("tar", [...tar, name]);
    const script = await readFile(join(import.meta.dirname, "packaging/bin/make-debianish-package"), "utf8");
    const outside = script
      .replaceAll("/var/out", out)
      .replaceAll("/var/nodist", join(folder, "nodist"))
      .replaceAll("/opt/hhvm-distro-packaging", distro);
    await writeFile(join(folder, "make-package"), outside);
    await run("bash", [join(folder, "make-package")], {
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: folder,
        TMPDIR: folder,
        VERSION: version,
        IS_NIGHTLY: String(isNightly(version)),
      },
    });
    const files = (await readdir(out)).filter((file) => file !== `${name}.tar.gz`);
    return new Map(await Promise.all(files.map(async (file) => [file, await readFile(join(out, file))] as const)));
  } finally {
    await rm(folder, { recursive: true });
  }
}
