import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const GOLDEN = join(import.meta.dirname, "golden");
const repository = join(import.meta.dirname, "../../../..");

/** What is shown of each command, by transcripts. */
async function transcripts(): Promise<string[]> {
  const files = await readdir(GOLDEN);
  const texts = await Promise.all(files.map((file) => readFile(join(GOLDEN, file), "utf8")));
  return texts.flatMap((text) => text.split(/^(?=\$ muster )/m)).map((each) => each.trimEnd());
}

/** Blocks of code that begin with a command: a line `…` stands for what is left out. */
const excerptsOf = (document: string): string[] =>
  Array.from(document.matchAll(/^```text\n(\$ muster .*?)\n```$/gms), ([, excerpt = ""]) => excerpt);

/** Whether the lines are those of a transcript, from its beginning. */
function isOf(excerpt: string, transcript: string): boolean {
  let rest = `${transcript}\n`;
  for (const [index, part] of excerpt.split(/^…$\n?/m).entries()) {
    const at = rest.indexOf(part.trimEnd() === "" ? "" : `${part.trimEnd()}\n`);
    if (at < 0 || (index === 0 && at > 0)) return false;
    rest = rest.slice(at + part.length);
  }
  return true;
}

test.each(["docs/operating.md", "packages/cli/README.md"])(
  "what %s shows of a command is what it prints",
  async (path) => {
    const excerpts = excerptsOf(await readFile(join(repository, path), "utf8"));
    expect(excerpts).not.toEqual([]);
    const known = await transcripts();
    expect(excerpts.filter((excerpt) => !known.some((transcript) => isOf(excerpt, transcript)))).toEqual([]);
  },
);

test("an excerpt that says something else is found", () => {
  const transcript = "$ muster status\none\ntwo\nthree\n(exit code 0)";
  expect(isOf("$ muster status\none\n…\nthree", transcript)).toBe(true);
  expect(isOf("$ muster status\n…\nthree\n…", transcript)).toBe(true);
  expect(isOf("$ muster status\nthree", transcript)).toBe(false);
  expect(isOf("$ muster status\n…\nfour", transcript)).toBe(false);
  expect(isOf("one\ntwo", transcript)).toBe(false);
});
