import type { XmlElement } from "../../protocol/read-xml.ts";
import { malformedXml, parseXml } from "../../protocol/xml.ts";
import type { Elements } from "./operation-rule.ts";
import { readDocument } from "./read-body.ts";
import type { S3Input } from "./s3-protocol.ts";
import { refuseUnless } from "./s3-routes.ts";

/**
 * A request's document, of which every element is on the operation's list: others are `MalformedXML`, known ones that are not here
 * `NotImplemented`. Undefined where the body is empty.
 */
export async function readElements(input: S3Input, headers = input.headers): Promise<XmlElement | undefined> {
  const { body, operation } = input.rule;
  if (typeof body === "string") throw new TypeError(`${operation} has no document`);
  const document = await readDocument(input.Body, headers);
  if (document.length === 0) return undefined;
  const element = parseXml(document, body.root);
  checkElements(element, body.elements, `${operation}'s ${body.root}`);
  return element;
}

/** As `readElements`, for operations that are nothing without a document. */
export async function mustReadElements(input: S3Input, headers?: S3Input["headers"]): Promise<XmlElement> {
  const element = await readElements(input, headers);
  if (element === undefined) throw malformedXml();
  return element;
}

function checkElements(element: XmlElement, known: Elements, path: string): void {
  if (typeof element === "string") {
    if (element.trim() !== "") throw malformedXml();
    return;
  }
  for (const [name, children] of Object.entries(element)) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) throw malformedXml();
    for (const child of children) {
      if ("elements" in rule) checkElements(child, rule.elements, `${path}.${name}`);
      else refuseUnless(rule, typeof child === "string" ? child : "", { shown: `${path}.${name}`, fields: {} });
      if (!("elements" in rule) && rule.does === "works" && typeof child !== "string") throw malformedXml();
    }
  }
}
