import type { Term } from "./glossary.ts";
import type { Chapter } from "./read-reference.ts";
import { renderReference } from "./render-reference.ts";

/** What follows this line is written by a test, and nothing of what is before it but the examples. */
export const MARK = "<!-- from here on by `pnpm --filter e2e reference`, of the types of @muster/pipeline -->";

const EXAMPLE = /^(<!-- example(?<part> without imports)?: (?<file>[\w-]+\.ts) -->\n)(?:```ts\n.*?^```\n)?/gms;
const IMPORTS = /^import .*? from "[^"]*";\n+/s;

interface Parts {
  readonly chapters: readonly Chapter[];
  readonly glossary: readonly Term[];
  /** The text of an example, by the name of its file. */
  readonly example: (file: string) => string;
}

/** A document anew: its examples as they are in their files, and the reference. */
export function renderDocument(text: string, { chapters, glossary, example }: Parts): string {
  const [written = ""] = text.split(MARK);
  const withExamples = written.replaceAll(EXAMPLE, (_, mark: string, part: string | undefined, file: string) => {
    const code = part === undefined ? example(file) : example(file).replace(IMPORTS, "");
    return `${mark}\`\`\`ts\n${code}\`\`\`\n`;
  });
  return `${withExamples}${MARK}\n\n${renderReference(chapters, glossary)}\n`;
}
