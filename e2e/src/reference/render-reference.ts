import type { Term } from "./glossary.ts";
import type { Chapter, Entry } from "./read-reference.ts";

/** The reference as Markdown: a heading for each chapter and each entry, and a table of the types that they name. */
export function renderReference(chapters: readonly Chapter[], glossary: readonly Term[]): string {
  const contents = chapters.map(({ title }) => link(title)).join(" · ");
  return [...paragraphs(contents), ...chapters.map(renderChapter), "### Types by name", "", ...table(glossary)].join(
    "\n",
  );
}

/** @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
const link = (title: string): string => `[${title}](#${title.toLowerCase().replaceAll(" ", "-")})`;

function table(glossary: readonly Term[]): string[] {
  const rows = glossary.map(({ name, type, text, chapters }) => {
    const meaning = chapters.length > 0 ? chapters.map(link).join(", ") : text.replaceAll(/\s+/g, " ");
    const stands = type === undefined || chapters.length > 0 ? "" : code(type).replaceAll("|", "\\|");
    return `| \`${name}\` | ${stands} | ${meaning} |`;
  });
  return ["| type | | |", "| --- | --- | --- |", ...rows];
}

function renderChapter({ title, text, entries }: Chapter): string {
  const rendered = entries.map((entry, index) => renderEntry(entry, entries[index + 1]));
  return [`### ${title}`, "", ...paragraphs(text), ...rendered].join("\n");
}

/** Neighbours that have one example share it, behind the last of them. */
function renderEntry({ name, type, optional, text, example }: Entry, next: Entry | undefined): string {
  const shown = example === undefined || example === next?.example ? [] : ["```ts", example, "```", ""];
  const says = `${code(type)}${optional ? ", optional" : ""}${text === "" ? "" : `. ${text}`}`;
  return [`#### \`${name}\``, "", ...paragraphs(says), ...shown].join("\n");
}

/** Code that may hold backquotes. */
const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);

const paragraphs = (text: string): string[] => (text === "" ? [] : [wrap(text), ""]);

const COLUMNS = 120;
/** A code span stays on one line. */
const WORD = /(?:(`+)(?!`).*?\1|\[[^\]]*\]|\S)+/g;

/** Prose in lines of at most 120 columns. */
function wrap(text: string): string {
  const lines: string[] = [];
  for (const [word] of text.replaceAll(/\s+/g, " ").matchAll(WORD)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join("\n");
}
