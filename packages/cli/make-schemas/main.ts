import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeSchemas } from "./make-schemas.ts";

/** `pnpm --filter cli schemas`: writes them all anew. */
const folder = join(import.meta.dirname, "../schemas");
const schemas = makeSchemas();
for (const file of await readdir(folder)) {
  if (file.endsWith(".schema.json") && !schemas.has(file)) await rm(join(folder, file));
}
for (const [file, schema] of schemas) await writeFile(join(folder, file), `${JSON.stringify(schema, undefined, 2)}\n`);
console.log(`${schemas.size} schemas`);
