import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";

interface Output {
  readonly path: string;
  readonly text: string;
}

/**
 * esbuild's own names of chunks: `chunk-7AIVBEB3.mjs`, `start-agent-FMCC2P6R.mjs`. Found by their ends: each word of a minified program could
 * begin one, and would be read to its end from each of its letters.
 */
const CHUNK = /-[A-Z0-9]{8}\.mjs(?<=([\w.-]+))/g;

/** A chunk is told by what it imports, that by what it imports, and so on: rounds after which no two different ones look alike. */
const ROUNDS = 8;

/**
 * Names chunks after their contents. esbuild's names also hash the paths of sources, so that the same sources in another folder would give
 * other bytes.
 * @returns contents by path
 * @throws Error when two chunks cannot be told from each other
 */
export function renameChunks(outputs: readonly Output[]): Map<string, string> {
  const parts = new Map(outputs.map(({ path, text }) => [path, partsOf(text)]));
  const isChunk = (path: string) => partsOf(basename(path))[1] === basename(path);
  const chunks = new Map(
    [...parts].filter(([path]) => isChunk(path)).map(([path, each]) => [basename(path), each] as const),
  );
  let names = new Map([...chunks.keys()].map((name) => [name, ""]));
  for (let round = 0; round < ROUNDS; round++) {
    names = new Map([...chunks].map(([name, each]) => [name, named(name, renamed(each, names))]));
  }
  if (new Set(names.values()).size < names.size) throw new Error("two chunks of the bundle have the same content");
  return new Map(
    [...parts].map(([path, each]) => [
      join(dirname(path), names.get(basename(path)) ?? basename(path)),
      renamed(each, names).join(""),
    ]),
  );
}

/** A program's text in parts: every second one looks like the name of a chunk. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: ending, 1: name = "", index } of text.matchAll(CHUNK)) {
    const to = index + ending.length;
    parts.push(text.slice(from, to - name.length), name);
    from = to;
  }
  return [...parts, text.slice(from)];
}

const renamed = (parts: readonly string[], names: ReadonlyMap<string, string>): string[] =>
  parts.map((part, index) => (index % 2 === 1 ? (names.get(part) ?? part) : part));

function named(name: string, parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return `${name.slice(0, name.lastIndexOf("-"))}-${hash.digest("hex").slice(0, 12)}.mjs`;
}
