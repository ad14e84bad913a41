/** A parsed element: its text, or its children by name, each name as a list because any element may repeat. */
export type XmlElement = string | { readonly [name: string]: readonly XmlElement[] };

interface OpenElement {
  readonly name: string;
  readonly children: { [name: string]: XmlElement[] };
  hasChildren: boolean;
  text: string;
}

/** One piece of a document: comment, CDATA, processing instruction, end tag, start tag, text. */
const PIECE =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?=]+)((?:\s+[^\s<>/=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy;

/**
 * Reads a document strictly: tags must match, nothing but comments may follow the root, and references are decoded, numeric ones too.
 * Attributes are ignored, prefixes of namespaces cut off; a document type, which could define entities of its own, is refused.
 * @throws SyntaxError
 * @see https://www.w3.org/TR/xml/
 */
export function readXml(text: string): { readonly name: string; readonly element: XmlElement } {
  const document = openElement("");
  const open: OpenElement[] = [document];
  // As every XML reader does: a line ends with a line feed alone, whatever its sender's system writes.
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  for (let at = 0; at < source.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const match = PIECE.exec(source);
    if (match === null) throw new SyntaxError(`not well-formed at character ${at}`);
    const [, literal, end, start, , selfClosing, plain] = match;
    const current = open.at(-1) as OpenElement;
    if (start !== undefined) {
      if (current === document && document.hasChildren) throw new SyntaxError("more than one root");
      const element = openElement(start);
      if (selfClosing === "/") close(element, current);
      else open.push(element);
    } else if (end !== undefined) {
      if (current === document || current.name !== end) throw new SyntaxError(`</${end}> closes nothing`);
      open.pop();
      close(current, open.at(-1) as OpenElement);
    } else current.text += literal ?? (plain === undefined ? "" : decodeReferences(plain));
  }
  if (open.length > 1 || document.text.trim() !== "")
    throw new SyntaxError("the root is not closed, or text is beside it");
  const [root] = Object.entries(document.children);
  if (root === undefined) throw new SyntaxError("no root");
  return { name: root[0], element: root[1][0] as XmlElement };
}

function openElement(name: string): OpenElement {
  return { name, children: Object.create(null), hasChildren: false, text: "" };
}

function close({ name, children, hasChildren, text }: OpenElement, parent: OpenElement): void {
  const localName = name.slice(name.indexOf(":") + 1);
  parent.hasChildren = true;
  parent.children[localName] ??= [];
  parent.children[localName].push(hasChildren ? children : text);
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(/&([^;]{0,10};)?/g, (_reference, name: string | undefined) => {
    const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));$/.exec(name ?? "") ?? [];
    if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    const named = NAMED[(name ?? "").slice(0, -1)];
    if (named === undefined) throw new SyntaxError(`&${name ?? ""} is no reference`);
    return named;
  });
}
