import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { binaryPackage } from "../artifacts.ts";
import { addFile, buildDeb, debFileName } from "../tools/debian-package.ts";
import { sha256 } from "../tools/objects.ts";
import type { TaskBench } from "./task-bench.ts";

/** Puts a package, where MakeBinaryPackage leaves it. */
export async function putBuiltPackage(
  bench: TaskBench,
  { version, platform }: { version: string; platform: string },
): Promise<Buffer> {
  const { debianVersion, built: prefix, builtChecksum } = binaryPackage({ version, platform });
  const description = {
    name: "muster",
    version: debianVersion,
    architecture: "amd64",
    maintainer: "Somebody <somebody@example.org>",
    homepage: undefined,
    depends: ["bash"],
    recommends: [],
    description: ["says hello"] as const,
  };
  const folder = await mkdtemp(join(bench.folder, "deb-"));
  const file = join(folder, debFileName(description));
  await addFile(join(folder, "root"), "usr/share/hello", "hello\n");
  await buildDeb({ root: join(folder, "root"), description, epoch: 1_700_000_000, file });
  const deb = await readFile(file);
  await bench.write("scratch", `${prefix.key}${debFileName(description)}`, deb);
  await bench.write("scratch", builtChecksum.key, `${sha256(deb)}  ${debFileName(description)}\n`);
  return deb;
}
