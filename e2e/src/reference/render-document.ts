import type { Term } from "./glossary.ts";
import type { Chapter } from "./read-reference.ts";
import { renderReference } from "./render-reference.ts";

/** What follows this line is written by a test, and nothing of what is before it but the examples. */
export const MARK = "<!-- from here on by `pnpm --filter e2e reference`, of the types of @muster/pipeline -->";

const EXAMPLE = /^(<!-- example(?: part)?: ([\w-]+\.ts)(?:, ([\w ]+))? -->\n)(?:```ts\n.*?^```\n)?/gms;
/** Code that no example is the source of. */
const STRANGER = /(?<!-->\n)^```ts\n(.*)/m;

interface Parts {
  readonly chapters: readonly Chapter[];
  readonly glossary: readonly Term[];
  /** The text of an example, by the name of its file. */
  readonly example: (file: string) => string;
}

/**
 * A document anew: its examples as they are in their files, and the reference.
 * @throws TypeError for code that stands in it and in no example
 */
export function renderDocument(text: string, { chapters, glossary, example }: Parts): string {
  const [written = ""] = text.split(MARK);
  const stranger = STRANGER.exec(written);
  if (stranger !== null) throw new TypeError(`no example is the source of "${stranger[1]}…"`);
  const withExamples = written.replaceAll(EXAMPLE, (_, mark: string, file: string, part: string | undefined) => {
    return `${mark}\`\`\`ts\n${partOf(example(file), part).trimEnd()}\n\`\`\`\n`;
  });
  return `${withExamples}${MARK}\n\n${renderReference(chapters, glossary)}\n`;
}

/** All of an example, all but its imports, what it exports, or one of its constants. */
function partOf(code: string, part: string | undefined): string {
  const found = part === undefined ? code : expressionOf(part).exec(code)?.[0];
  if (found === undefined) throw new RangeError(`an example has no part "${part}"`);
  return found;
}

function expressionOf(part: string): RegExp {
  if (part === "without imports") return /(?<=^import .*? from "[^"]*";\n+)(?!import|\n).*$/s;
  if (part === "default") return /^export default .*?^\S*;$/ms;
  return new RegExp(`^(?:/\\*\\*[^\\n]*\\*/\\n)?const ${part}\\b.*?;\\n(?=\\S|\\n)`, "ms");
}
