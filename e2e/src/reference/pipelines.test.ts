import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Pipeline, schemeOf } from "@muster/pipeline";
import { simulate } from "@muster/simulation";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readGlossary, type Term } from "./glossary.ts";
import { type Compiled, compile, complaintsOf } from "./read-declarations.ts";
import { type Chapter, readReference } from "./read-reference.ts";
import { renderDocument } from "./render-document.ts";
import { sections } from "./sections.ts";

const repository = join(import.meta.dirname, "../../..");
const document = join(repository, "docs/pipelines.md");
const folder = join(import.meta.dirname, "examples");
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));

let compiled: Compiled;
let chapters: readonly Chapter[];
let glossary: readonly Term[];

beforeAll(() => {
  compiled = compile(folder, join(repository, "packages/pipeline/src/index.ts"));
  chapters = readReference(compiled, sections);
  glossary = readGlossary(compiled, chapters);
});
afterAll(() => compiled[Symbol.dispose]());

test("docs/pipelines.md is what the types say, with the examples as they are", async () => {
  const example = (file: string) => readFileSync(join(folder, file), "utf8");
  const text = renderDocument(readFileSync(document, "utf8"), { chapters, glossary, example });
  await expect(text).toMatchFileSnapshot(document);
});

test("each field at every depth, and each function, says what it is and has an example", () => {
  const entries = chapters.flatMap((chapter) => chapter.entries);
  expect(entries.filter(({ text }) => text === "").map(({ name }) => name)).toEqual([]);
  expect(entries.filter(({ example }) => example === undefined).map(({ name }) => name)).toEqual([]);
  for (const { title, entries: fields } of chapters) expect(fields.length, title).toBeGreaterThan(0);
  expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
});

test("each type that a field names is explained, by a chapter or in a line, and each object has a name", () => {
  const unexplained = glossary.filter(
    ({ type, text, chapters: about }) => about.length === 0 && (!type || text === ""),
  );
  expect(unexplained.map(({ name }) => name)).toEqual([]);
  const nameless = chapters.flatMap(({ entries }) => entries).filter(({ type }) => type.startsWith("{"));
  expect(nameless.map(({ name }) => name)).toEqual([]);
});

test("the examples compile, strictly", () => {
  expect(complaintsOf(compiled)).toEqual([]);
  expect(compiled.project.compilerOptions).toMatchObject({ strict: true });
  expect(compiled.project.rootFiles.map((file) => basename(file)).sort()).toEqual(files);
});

test.each(files)("%s is a pipeline whose build comes through, and does what its access names", async (file) => {
  const { default: pipeline } = (await import(join(folder, file))) as { default: Pipeline };
  const [version] = schemeOf(pipeline).examples;
  const inputs = pipeline.inputs?.ticket === undefined ? [] : ["--input", "ticket=REL-7"];
  const listed = pipeline.platforms.kind === "listed" && { platforms: ["debian-12-bookworm", "debian-13-trixie"] };
  const world = await simulate(pipeline, { ...listed });
  try {
    const build = await world.build(version, ...inputs);
    expect(build).toMatchObject({ status: "succeeded", failed: {}, undone: [], beyondAccess: [] });
  } finally {
    await world.close();
  }
});
