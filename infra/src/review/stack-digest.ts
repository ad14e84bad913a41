import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What a plan was made of: names and contents of a synthesised stack's files, Terraform's own working files aside. In hex. */
export function stackDigest(folder: string): string {
  const digest = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, name: relative(folder, file).split(sep).join("/") }))
    .filter(({ name }) => !name.startsWith(".terraform") && !/^(tfplan|plan\.json|summary\.md)$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { file, name } of files) {
    const content = createHash("sha256").update(readFileSync(file)).digest("hex");
    digest.update(`${content}  ${name}\n`);
  }
  return digest.digest("hex");
}
