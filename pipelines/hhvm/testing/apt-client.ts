import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** apt that knows these sources and a status file alone, and nothing of the machine's. */
export async function aptClient(folder: string, sources: readonly string[]) {
  for (const each of [
    "etc/apt.conf.d",
    "etc/preferences.d",
    "etc/trusted.gpg.d",
    "lists/partial",
    "cache/archives/partial",
  ]) {
    await mkdir(join(folder, each), { recursive: true });
  }
  await writeFile(join(folder, "status"), "");
  await writeFile(join(folder, "etc/sources.list"), sources.map((source) => `${source}\n`).join(""));
  await writeFile(
    join(folder, "apt.conf"),
    [
      `Dir::Etc "${folder}/etc";`,
      `Dir::State "${folder}";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      'APT::Architecture "amd64";',
      'APT::Architectures { "amd64"; };',
      'APT::Update::Error-Mode "any";',
      'APT::Sandbox::User "";',
      "",
    ].join("\n"),
  );
  const env = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: folder,
    LANG: "C.UTF-8",
    APT_CONFIG: join(folder, "apt.conf"),
  };
  const apt = async (program: string, args: readonly string[]) =>
    (await run(program, args, { cwd: folder, env })).stdout;
  await apt("apt-get", ["update"]);
  return {
    /** Versions of a package, as apt finds them: best first. */
    versions: async (name: string) =>
      [...(await apt("apt-cache", ["madison", name])).matchAll(/\| *(\S+) \|.* Packages$/gm)].map(
        ([, version]) => version,
      ),
    /** What `apt install` would install, as `name=version`. */
    install: async (...names: string[]) =>
      [...(await apt("apt-get", ["--simulate", "install", ...names])).matchAll(/^Inst (\S+) \((\S+)/gm)].map(
        ([, name, version]) => `${name}=${version}`,
      ),
    /** Downloads and verifies. */
    download: (...names: string[]) => apt("apt-get", ["download", ...names]),
    source: (...names: string[]) => apt("apt-get", ["source", "--download-only", ...names]),
  };
}
