import { isUtf8 } from "node:buffer";

/** Control characters that would garble a log: all but tab, line feed, carriage return, escape (colours), and backspace, which a line is read with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const CONTROL = /[\0-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/;
/** A title or a link that ends in a bell stays whole: whoever leaves it out would take what is behind it for a part of it. */
const EVERY_CONTROL = new RegExp(`(\\x1b\\][^\\0-\\x1f\\x7f]*\\x07)|${CONTROL.source}`, "g");

/** Bytes of a program's output as text: what is no UTF-8 and no printable character is shown as `\xNN`. */
export function readableText(bytes: Buffer): string {
  const text = isUtf8(bytes) ? bytes.toString("utf8") : decodeDamaged(bytes);
  return CONTROL.test(text)
    ? text.replace(EVERY_CONTROL, (found, title) => title ?? escapeByte(found.charCodeAt(0)))
    : text;
}

const escapeByte = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;

function decodeDamaged(bytes: Buffer): string {
  const parts: string[] = [];
  let goodFrom = 0;
  let index = 0;
  while (index < bytes.length) {
    const lead = bytes[index] as number;
    if (lead < 0x80) {
      index++;
      continue;
    }
    const length = sequenceLength(lead);
    if (length > 0 && isUtf8(bytes.subarray(index, index + length))) {
      index += length;
      continue;
    }
    parts.push(bytes.toString("utf8", goodFrom, index), escapeByte(lead));
    index++;
    goodFrom = index;
  }
  parts.push(bytes.toString("utf8", goodFrom));
  return parts.join("");
}

/** By its first byte; 0 for a byte that starts none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}
