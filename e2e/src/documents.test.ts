import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { proseLines, readDocuments } from "./house/documents.ts";

const repository = join(import.meta.dirname, "../..");
const documents = await readDocuments(repository);
const textOf = (path: string) => documents.find((each) => each.path === path)?.text ?? "";

test("these are the documents", () => {
  const paths = documents.map(({ path }) => path);
  for (const path of ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/deployment.md"])
    expect(paths).toContain(path);
  for (const path of ["infra/README.md", "packages/records/README.md", "pipelines/hhvm/README.md"])
    expect(paths).toContain(path);
});

const COLUMNS = 120;

/** A word, a code span included: it goes on one line, however long it is. */
const WORD = /(?:(`+)(?!`).*?\1|\S)+/g;

test.each(documents)("$path wraps at 120 columns, but for tables, code, and single words", ({ text }) => {
  const wide = proseLines(text).filter(({ line }) => {
    const content = line.trim().replace(/^((>|[-*+]|\d+[.)])\s+)+/, "");
    return [...line].length > COLUMNS && !/^[|<]/.test(content) && (content.match(WORD)?.length ?? 0) > 1;
  });
  expect(wide.map(({ line, number }) => `${number}: ${line}`)).toEqual([]);
});

/** As GitHub makes an anchor of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (text: string) => Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => anchor(heading));

test.each(documents)("$path links to what is there", ({ path, text }) => {
  const prose = proseLines(text)
    .map(({ line }) => line)
    .join("\n");
  const links = Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link);
  for (const link of links.filter((each) => !/^(https?|mailto):/.test(each))) {
    const [file = "", fragment] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    expect(existsSync(join(repository, target)), link).toBe(true);
    if (fragment !== undefined && target.endsWith(".md")) expect(anchorsOf(textOf(target)), link).toContain(fragment);
  }
});

const PLACES = /^(?:\.github|\.ci|docs|e2e|infra|packages|pipelines)\//;

test.each(documents)("$path names files that are there", ({ text }) => {
  const spans = proseLines(text).flatMap(({ line }) =>
    Array.from(line.matchAll(/`([^`\s]+)`/g), ([, span = ""]) => span),
  );
  const paths = spans.filter((span) => PLACES.test(span) && !/[<>*{}…‹]/.test(span));
  for (const path of paths) expect(existsSync(join(repository, path)), path).toBe(true);
});
