/** What the README's picture of the house shows, by the packages' folders. */
export interface Picture {
  readonly folders: readonly string[];
  /** `packages/asl → packages/pipeline`: solid arrows. */
  readonly imports: readonly string[];
  /** Dotted arrows. */
  readonly loads: readonly string[];
}

/** `packages/asl → packages/pipeline` */
export const arrow = (from: string, to: string) => `${from} → ${to}`;

const NODE = /(\w+)\["([^"<]+)<br\/>[^"]*"\]/g;

/**
 * Reads the mermaid flowchart under a heading: `a["packages/a<br/>what it is"] --> b & c`, and dotted arrows,
 * `-. text .->`.
 * @throws Error for a line of another form, or an arrow to a box that is not drawn
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function readPicture(readme: string, heading: string): Picture {
  const [, chart = ""] =
    new RegExp(`^## ${heading}\\n.*?^\`\`\`mermaid\\nflowchart \\w+\\n(.*?)^\`\`\``, "ms").exec(readme) ?? [];
  const boxes = new Map(Array.from(chart.matchAll(NODE), ([, id = "", folder = ""]) => [id, folder]));
  const box = (id: string): string => {
    const folder = boxes.get(id.trim());
    if (folder === undefined) throw new Error(`the picture has no box "${id.trim()}"`);
    return folder;
  };
  const arrows = chart.split("\n").flatMap((line) => {
    const [, from, kind = "", to = ""] =
      /^(.+?) (-->|-\. [^.]+ \.->) (.+)$/.exec(line.replaceAll(NODE, "$1").trim()) ?? [];
    if (from === undefined) {
      if (!/^\w*$/.test(line.replaceAll(NODE, "$1").trim()))
        throw new Error(`the picture has a line of no known form: ${line}`);
      return [];
    }
    const pairs = from.split("&").flatMap((start) => to.split("&").map((end) => arrow(box(start), box(end))));
    return pairs.map((pair) => ({ pair, solid: kind === "-->" }));
  });
  return {
    folders: [...boxes.values()].sort(),
    imports: arrows.flatMap(({ pair, solid }) => (solid ? [pair] : [])).sort(),
    loads: arrows.flatMap(({ pair, solid }) => (solid ? [] : [pair])).sort(),
  };
}
