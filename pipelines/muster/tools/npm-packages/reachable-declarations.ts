import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * The files of declarations that others lead to, themselves included: what a reader's compiler opens. The compiler declares all that it has translated, of which
 * most is a bundle's own and imports what npm does not get.
 * @param entries absolute paths, as those that it returns
 */
export async function reachableDeclarations(entries: readonly string[]): Promise<ReadonlySet<string>> {
  const reached = new Set<string>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = await readFile(file, "utf8");
    for (const [, specifier = ""] of text.matchAll(/\b(?:from |import |import\()"(\.[^"]+)"/g))
      open.push(join(dirname(file), specifier.replace(/\.[jt]s$/, ".d.ts")));
  }
  return reached;
}
