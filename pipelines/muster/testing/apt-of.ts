import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { getExisting } from "../tools/objects.ts";

export const hasApt = spawnSync("apt-get", ["--version"]).status === 0;

/** The downloads as files, and an apt that knows nothing of this machine. @param keyring the public key's place among the downloads */
export async function aptOf(s3: S3Client, keyring = "key.gpg") {
  const folder = await mkdtemp(join(tmpdir(), "muster-apt-"));

  const download = async (): Promise<void> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "downloads" }));
    for (const { Key = "" } of Contents) {
      const file = join(folder, "downloads", Key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, (await getExisting(s3, { bucket: "downloads", key: Key })).body);
    }
  };
  const run = (state: string, command: string, ...words: string[]) => {
    const settings = {
      "Dir::Etc": `${state}/etc`,
      "Dir::State": state,
      "Dir::State::status": `${state}/status`,
      "Dir::Cache": `${state}/cache`,
      "APT::Update::Error-Mode": "any",
      "APT::Sandbox::User": "",
      // Some machines are told not to look.
      "Acquire::Check-Valid-Until": "true",
      "Acquire::Check-Date": "true",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return spawnSync(command, [...options, "-q", ...words], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C" },
    });
  };
  return {
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
    /** What a machine is told that follows these suites of `debian/`, and which version of a package it would install. */
    async follow(
      suites: readonly string[],
      name: string,
    ): Promise<{ complaint: string; candidate: string | undefined }> {
      await download();
      const state = await mkdtemp(join(folder, "machine-"));
      for (const part of ["etc/apt.conf.d", "etc/preferences.d", "lists/partial", "cache/archives/partial"])
        await mkdir(join(state, part), { recursive: true });
      await writeFile(join(state, "status"), "");
      const signedBy = `[signed-by=${join(folder, "downloads", keyring)}]`;
      const lines = suites.map((suite) => `deb ${signedBy} file:${join(folder, "downloads/debian")} ${suite} main\n`);
      await writeFile(join(state, "etc/sources.list"), lines.join(""));
      const { stderr: complaint } = run(state, "apt-get", "update");
      const candidate = /Candidate: (\S+)/.exec(run(state, "apt-cache", "policy", name).stdout)?.[1];
      return { complaint, candidate };
    },
  };
}
