import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { AwsError } from "../aws-error.ts";

/** A parsed element: its text, or its children by name, each name as a list because any element may repeat. */
export type XmlElement = string | { readonly [name: string]: readonly XmlElement[] };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  isArray: () => true,
});

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@", suppressEmptyNode: false });

/** Parses a request body whose root is `root`; anything else is answered `MalformedXML`. */
export function parseXml(body: Uint8Array, root: string): XmlElement {
  try {
    const document = parser.parse(Buffer.from(body).toString("utf8")) as { [name: string]: XmlElement[] };
    const element = document[root]?.[0];
    if (element !== undefined) return element;
  } catch {
    // Falls through: the parser's message would not help whoever sent it.
  }
  throw new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

/** Children of that name; none where the element holds text alone. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element === undefined || typeof element === "string" ? [] : (element[name] ?? []);
}

/** Text of the first child of that name. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  const child = childrenOf(element, name)[0];
  return typeof child === "string" ? child : undefined;
}

/**
 * Renders a document. Object members become elements, lists become repeated elements, dates ISO 8601 text; what is undefined is
 * left out. `namespace` is the root's xmlns.
 */
export function renderXml(root: string, content: unknown, namespace?: string): string {
  const body = toBuilderValue(content);
  const attributes = namespace === undefined ? {} : { "@xmlns": namespace };
  const element =
    typeof body === "object" && body !== null ? { ...attributes, ...body } : { ...attributes, "#text": body };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: element })}`;
}

function toBuilderValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toBuilderValue);
  if (typeof value !== "object" || value === null) return typeof value === "boolean" ? String(value) : value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toBuilderValue(member)]),
  );
}
