import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PATTERNS = [
  "*.md",
  "docs/*.md",
  "{packages,pipelines}/*/README.md",
  "packages/local/conformance/README.md",
  "infra/README.md",
];

/** A page of the repository that people read. */
export interface Document {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export async function readDocuments(repository: string): Promise<Document[]> {
  const paths = globSync(PATTERNS, { cwd: repository }).sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(repository, path), "utf8") })));
}

/** A fenced code block, or what lies between two of them. */
interface Part {
  /** The language of code; prose has none, and code that names none has `""`. */
  readonly language: string | undefined;
  readonly lines: { line: string; number: number }[];
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [{ language: undefined, lines: [] }];
  for (const [index, line] of text.split("\n").entries()) {
    const inCode = parts.at(-1)?.language !== undefined;
    const [, language] = /^[\s>]*```(\w*)\s*$/.exec(line) ?? [];
    if (language === undefined) parts.at(-1)?.lines.push({ line, number: index + 1 });
    else parts.push({ language: inCode ? undefined : language, lines: [] });
  }
  return parts;
}

/** Lines outside of code blocks, with their numbers. */
export const proseLines = (text: string): Part["lines"] =>
  partsOf(text).flatMap(({ language, lines }) => (language === undefined ? lines : []));

/** What one types, line by line: code blocks that name no language, without what is explained behind a `#`. */
export const commandLines = (text: string): string[] =>
  partsOf(text)
    .flatMap(({ language, lines }) => (language === "" ? lines : []))
    .map(({ line }) => line.replace(/(^|\s)#\s.*$/, "").trim())
    .filter((line) => line !== "");
