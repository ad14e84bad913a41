import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Zippable, zipSync } from "fflate";

/** The earliest time that an archive can hold: each entry has it, whenever and wherever the archive is made. */
const NO_TIME = new Date(1980, 0, 1);

/**
 * Packs a folder's files into an archive that depends on nothing but their names and contents. It bears the folder's name and lies in `.archives/` beside
 * it, in place of the one before: what stages share is packed once, and nothing is left behind. Bundles are small: compressing them would take most of a
 * synthesis's time.
 * @returns the archive and the SHA-256 of its bytes, in hex
 */
export function zipFolder(folder: string): { file: string; digest: string } {
  const names = readdirSync(folder).sort();
  const entries: Zippable = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  const archive = zipSync(entries, { mtime: NO_TIME, level: 0, os: 3, attrs: 0o644 << 16 });
  const digest = createHash("sha256").update(archive).digest("hex");
  const archives = join(folder, "..", ".archives");
  mkdirSync(archives, { recursive: true });
  const file = join(archives, `${basename(folder)}.zip`);
  if (!existsSync(file) || !readFileSync(file).equals(archive)) writeFileSync(file, archive);
  return { file, digest };
}
