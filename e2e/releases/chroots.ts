import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ReleaseRepository, run } from "./release-repository.ts";

/** A folder that keeps clean roots from one run to the next; where MUSTER_RELEASES_CACHE names none, each run makes its own. */
const cache = process.env.MUSTER_RELEASES_CACHE;

/** Chroots need root here: mounts, and users within. */
export const isRoot = process.getuid?.() === 0;

/** Gives a repository's scratch what earlier runs have bootstrapped. */
export async function restoreChroots({ scratch }: Pick<ReleaseRepository, "scratch">): Promise<void> {
  if (cache === undefined || !existsSync(join(cache, "chroots"))) return;
  await cp(join(cache, "chroots"), join(scratch, "chroots"), { recursive: true });
}

export async function keepChroots({ scratch }: Pick<ReleaseRepository, "scratch">): Promise<void> {
  if (cache === undefined || !existsSync(join(scratch, "chroots"))) return;
  await mkdir(cache, { recursive: true });
  await cp(join(scratch, "chroots"), join(cache, "chroots"), { recursive: true, force: false });
}

export interface ContainerImage extends AsyncDisposable {
  /** As buildah takes it. */
  readonly name: string;
}

/**
 * The image of a distribution that has rpm, rpmbuild and dnf: Debian's, for no other distribution's is on Debian's mirror.
 */
export async function imageWithDnf(): Promise<ContainerImage> {
  // A path in an image's name has no capitals.
  const folder = join(tmpdir(), `muster-image-${randomBytes(6).toString("hex")}`);
  const tar = join(cache ?? folder, "rpm-root.tar");
  if (!existsSync(tar)) {
    await mkdir(cache ?? folder, { recursive: true });
    const options = ["--quiet", "--variant=apt", "--skip=output/dev,output/mknod", "--include=rpm,dnf"];
    await run("mmdebstrap", [...options, "bookworm", `${tar}.part.tar`]);
    await rename(`${tar}.part.tar`, tar);
  }
  const name = `oci:${join(folder, "image")}:latest`;
  await mkdir(folder, { recursive: true });
  const stores = ["--root", join(folder, "store"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const buildah = async (...args: string[]) => (await run("buildah", [...stores, ...args])).stdout.trim();
  const container = await buildah("from", "scratch");
  await buildah("add", "--quiet", container, tar, "/");
  await buildah("commit", "--quiet", container, name);
  await buildah("rm", container);
  return { name, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
