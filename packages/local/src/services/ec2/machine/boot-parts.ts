import { gunzipSync } from "node:zlib";

/** What cloud-init makes of one part of the user data. */
export type BootPart =
  | { readonly kind: "script"; readonly text: string; readonly everyBoot: boolean }
  /** Nothing is run; `why` is for the console. */
  | { readonly kind: "ignored"; readonly why: string };

/** A MIME part, or the user data as a whole. */
interface Content {
  readonly type: string;
  readonly text: string;
}

/** What cloud-init looks at first to see what user data without a type is. */
const BEGINNINGS: readonly (readonly [beginning: string, type: string])[] = [
  ["#!", "text/x-shellscript"],
  ["#cloud-boothook", "text/cloud-boothook"],
  ["#cloud-config-archive", "text/cloud-config-archive"],
  ["#cloud-config", "text/cloud-config"],
  ["## template: jinja", "text/jinja2"],
  ["#include", "text/x-include-url"],
  ["#part-handler", "text/part-handler"],
  ["#upstart-job", "text/upstart-job"],
  ["mime-version:", "multipart/mixed"],
  ["content-type: multipart/", "multipart/mixed"],
];

/** Types that say nothing: the content is looked at instead. */
const UNTYPED = new Set(["text/plain", "text/x-not-multipart", "application/octet-stream", ""]);

const SCRIPTS = new Set([
  "text/x-shellscript",
  "text/x-shellscript-per-boot",
  "text/x-shellscript-per-instance",
  "text/x-shellscript-per-once",
]);

/**
 * The scripts in user data, in their order, and what else there is. A script begins with `#!`; in a MIME archive it is a part of type
 * `text/x-shellscript`. Other formats of cloud-init are recognised and not carried out.
 * @see https://docs.cloud-init.io/en/latest/explanation/format.html
 */
export function bootParts(userData: string): readonly BootPart[] {
  return userData.trim() === "" ? [] : partsOf({ type: "", text: userData });
}

function partsOf({ type, text }: Content): readonly BootPart[] {
  const actual = UNTYPED.has(type) ? typeByBeginning(text) : type;
  if (actual === undefined) return [{ kind: "ignored", why: "it is no script (no #!) and no format of cloud-init" }];
  if (actual.startsWith("multipart/")) return contentsOf(text).flatMap(partsOf);
  if (SCRIPTS.has(actual)) return [script(text, actual.endsWith("-per-boot"))];
  if (actual === "text/cloud-boothook") return [script(text.replace(/^\s*#cloud-boothook[^\n]*\n/, ""), true)];
  return [{ kind: "ignored", why: `${actual} is not carried out on local instances` }];
}

function script(text: string, everyBoot: boolean): BootPart {
  if (!text.startsWith("#!")) return { kind: "ignored", why: "the script's first line does not begin with #!" };
  return { kind: "script", text: text.replaceAll("\r\n", "\n"), everyBoot };
}

function typeByBeginning(text: string): string | undefined {
  const beginning = text.trimStart().slice(0, 40).toLowerCase();
  return BEGINNINGS.find(([known]) => beginning.startsWith(known))?.[1];
}

/** The parts of a MIME archive, decoded. */
function contentsOf(text: string): readonly Content[] {
  const { headers, body } = splitHeaders(text.trimStart());
  const boundary = /boundary="?([^";\n]+)"?/i.exec(headers["content-type"] ?? "")?.[1]?.trimEnd();
  if (boundary === undefined) return [];
  const parts: string[][] = [];
  for (const line of body.split("\n")) {
    const marker = line.trimEnd();
    if (marker === `--${boundary}--`) break;
    if (marker === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => {
    const part = splitHeaders(lines.join("\n"));
    const type = (part.headers["content-type"] ?? "text/plain").split(";")[0]?.trim().toLowerCase() ?? "";
    // A nested archive needs its own headers to be read again.
    if (type.startsWith("multipart/")) return { type, text: lines.join("\n") };
    return { type, text: decodeBody(part.body, part.headers["content-transfer-encoding"]) };
  });
}

/** Up to the first empty line; a header may go on in lines that begin with a space. */
function splitHeaders(text: string): { headers: Readonly<Record<string, string>>; body: string } {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const end = lines.indexOf("");
  const head = (end < 0 ? lines : lines.slice(0, end)).join("\n").replace(/\n[ \t]+/g, " ");
  const headers = head.split("\n").flatMap((line): [string, string][] => {
    const colon = line.indexOf(":");
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  });
  return { headers: Object.fromEntries(headers), body: end < 0 ? "" : lines.slice(end + 1).join("\n") };
}

function decodeBody(body: string, encoding = "7bit"): string {
  if (encoding.toLowerCase() !== "base64") return body;
  const bytes = Buffer.from(body, "base64");
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}
