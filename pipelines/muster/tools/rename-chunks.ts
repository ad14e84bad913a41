import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";

interface Output {
  readonly path: string;
  readonly text: string;
}

/** esbuild's own names of chunks: `chunk-7AIVBEB3.mjs`, `start-agent-FMCC2P6R.mjs`. */
const CHUNK = /[\w.-]+-[A-Z0-9]{8}\.mjs/g;

/** A chunk is told by what it imports, that by what it imports, and so on: rounds after which no two different ones look alike. */
const ROUNDS = 8;

/**
 * Names chunks after their contents. esbuild's names also hash the paths of sources, so that the same sources in another folder would give
 * other bytes.
 * @returns contents by path
 * @throws Error when two chunks cannot be told from each other
 */
export function renameChunks(outputs: readonly Output[]): Map<string, string> {
  const chunks = new Map(
    outputs
      .filter(({ path }) => basename(path).match(CHUNK)?.[0] === basename(path))
      .map((each) => [basename(each.path), each.text]),
  );
  let names = new Map([...chunks.keys()].map((name) => [name, ""]));
  for (let round = 0; round < ROUNDS; round++) {
    names = new Map([...chunks].map(([name, text]) => [name, named(name, renamed(text, names))]));
  }
  if (new Set(names.values()).size < names.size) throw new Error("two chunks of the bundle have the same content");
  return new Map(
    outputs.map(({ path, text }) => [
      join(dirname(path), names.get(basename(path)) ?? basename(path)),
      renamed(text, names),
    ]),
  );
}

const renamed = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replaceAll(CHUNK, (name) => names.get(name) ?? name);

const named = (name: string, content: string): string =>
  `${name.slice(0, name.lastIndexOf("-"))}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.mjs`;
