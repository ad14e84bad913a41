import { AwsError } from "../aws-error.ts";
import { readXml, type XmlElement } from "./read-xml.ts";

/** Parses a request body whose root is `root`; anything else is answered `MalformedXML`. */
export function parseXml(body: Uint8Array, root: string): XmlElement {
  try {
    const { name, element } = readXml(Buffer.from(body).toString("utf8"));
    if (name === root) return element;
  } catch {
    // Falls through: the parser's message would not help whoever sent it.
  }
  throw malformedXml();
}

export function malformedXml(): AwsError {
  return new AwsError(
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
  const attributes = namespace === undefined ? "" : ` xmlns="${escapeXml(namespace)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attributes}>${renderContent(content)}</${root}>`;
}

function renderContent(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, member]) => renderMember(name, member))
    .join("");
}

function renderMember(name: string, member: unknown): string {
  if (member === undefined) return "";
  if (Array.isArray(member)) return member.map((item) => renderMember(name, item)).join("");
  return `<${name}>${renderContent(member)}</${name}>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters as references: a bare carriage return would reach the reader as a line feed, the others not at all. */
function escapeXml(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be escaped
    /[&<>"'\u0000-\u0008\u000b-\u001f\u007f]/g,
    (char) => ESCAPES[char] ?? `&#${char.charCodeAt(0)};`,
  );
}
