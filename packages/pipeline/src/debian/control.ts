/** Fields of a paragraph, in order; a value's further lines are indented when it is written. */
export type Fields = ReadonlyMap<string, string>;

/**
 * Reads the paragraphs of a control file, such as an index of packages.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html
 */
export function parseControl(text: string): Fields[] {
  return text
    .split(/\n(?:[ \t]*\n)+/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map(parseParagraph);
}

function parseParagraph(paragraph: string): Fields {
  const fields = new Map<string, string>();
  let last = "";
  for (const line of paragraph.split("\n").filter((each) => each.trim() !== "")) {
    if (/^[ \t]/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ""}\n${line.slice(1)}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 1) throw new SyntaxError(`"${line}" is not a control field`);
    last = line.slice(0, colon);
    fields.set(last, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Paragraphs, an empty line between them; text ends with a newline. */
export function formatControl(paragraphs: readonly Fields[]): string {
  return paragraphs
    .map((fields) => [...fields].map(([name, value]) => `${name}:${formatValue(value)}\n`).join(""))
    .join("\n");
}

/** An empty first line (a list follows) has no space after the colon; an empty line within is written as a dot. */
function formatValue(value: string): string {
  const [first = "", ...further] = value.split("\n");
  return `${first === "" ? "" : ` ${first}`}${further.map((line) => `\n ${line === "" ? "." : line}`).join("")}`;
}
