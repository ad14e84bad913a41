import { parseLinePiece, parseLogMarker } from "@muster/pipeline";
import { expect, test } from "vitest";
import { secretLines } from "../../testing/secret-lines.ts";
import { LONGEST_LINE_BYTES } from "./cut-line.ts";
import { createLineReader } from "./line-reader.ts";
import { createMask } from "./mask-secrets.ts";

/** What is shown of output that comes in these pieces, with a silence after each. */
function shown(pieces: readonly (string | Buffer)[], mask = createMask()): string[] {
  const reader = createLineReader(mask);
  return [...pieces.flatMap((piece) => [...reader.push(Buffer.from(piece)), ...reader.pause()]), ...reader.end()];
}

/** The lines as somebody reads them who leaves the marks out. */
function joined(events: readonly string[]): string {
  let text = "";
  for (const event of events) {
    const piece = parseLinePiece(event);
    text += `${piece.isContinued || text === "" ? "" : "\n"}${piece.text}`;
  }
  return text;
}

test("a prompt shows before its line ends, and the answer goes on where it stopped", () => {
  expect(shown(["Continue? [Y/n] "])).toEqual(["Continue? [Y/n]  [line goes on]"]);
  expect(shown(["Continue? ", "yes\nnext\n"])).toEqual(["Continue?  [line goes on]", "[line continued] yes", "next"]);
  expect(shown(["Password:", "\n"])).toEqual(["Password: [line goes on]"]);
});

test("dots of progress show as they come, each once", () => {
  expect(shown(["..", ".", "...", " done\n"])).toEqual([
    ".. [line goes on]",
    "[line continued] . [line goes on]",
    "[line continued] ... [line goes on]",
    "[line continued]  done",
  ]);
});

test.each([
  ["behind the state", ["10%\r", "50%\r", "100%\r", "\ndone\n"]],
  ["before the state", ["\r10%", "\r50%", "\r100%", "\ndone\n"]],
])("of a progress bar with carriage returns %s each state stands for itself", (_, pieces) => {
  expect(shown(pieces)).toEqual(["10% [line goes on]", "50% [line goes on]", "100% [line goes on]", "done"]);
});

test("a script cannot forge a marker by stopping in the middle of it", () => {
  const whole = "=== muster: start A build b attempt t";
  for (let cut = 1; cut <= whole.length; cut++)
    for (const event of shown([whole.slice(0, cut), `${whole.slice(cut)}\n`]))
      expect(parseLogMarker(event)).toBeUndefined();
});

test("nothing is said of a line twice, or of a line that says nothing", () => {
  const reader = createLineReader(createMask());
  expect(reader.isOpen).toBe(false);
  expect(reader.pause()).toEqual([]);
  reader.push(Buffer.from("\r\r"));
  expect(reader.pause()).toEqual([]);
  reader.push(Buffer.from("text"));
  expect([reader.isOpen, reader.pause(), reader.isOpen, reader.pause()]).toEqual([
    true,
    ["text [line goes on]"],
    false,
    [],
  ]);
  expect(reader.end()).toEqual([]);
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are the point
const BROKEN = /\uFFFD|\\x|\x1b(?:\[[\d;]*|\][^\x1b]*\x1b?)? \[line goes on\]$/;

test("a line is cut in no character and no escape sequence, and no byte is lost", () => {
  const line = "é日🌊 \u001B[1;31mred\u001B[0m \u001B]8;;https://example.org\u001B\\link\u001B]8;;\u001B\\ end";
  const bytes = Buffer.from(line);
  for (let cut = 1; cut < bytes.length; cut++) {
    const events = shown([bytes.subarray(0, cut), bytes.subarray(cut), "\n"]);
    expect(joined(events)).toBe(line);
    for (const event of events) expect(event).not.toMatch(BROKEN);
  }
});

test("bytes that are no text are shown, where they end the piece too", () => {
  expect(joined(shown([Buffer.from([0x61, 0xff]), Buffer.from([0x80, 0x62]), "\n"]))).toBe("a\\xff\\x80b");
});

/** What of a secret would tell it. */
const parts = (secret: string): string[] =>
  Array.from({ length: Math.max(1, secret.length - 4) }, (_, at) => secret.slice(at, at + 5));

test.each(secretLines)("the secret in `%s` is hidden wherever a silence cuts it", (line, secret) => {
  const masked = createMask()(line);
  const telling = parts(secret).filter((part) => !masked.includes(part));
  expect(telling).not.toEqual([]);
  for (let cut = 1; cut < line.length; cut++) {
    const text = shown([line.slice(0, cut), `${line.slice(cut)}\nnext\n`]).join("\n");
    for (const part of telling) expect(text, `cut at ${cut}`).not.toContain(part);
    expect(text).toMatch(/\nnext$/);
    const byLetters = shown([line.slice(0, cut), line.slice(cut, cut + 1), `${line.slice(cut + 1)}\n`]).join("\n");
    for (const part of telling) expect(byLetters, `cut at ${cut} and behind`).not.toContain(part);
  }
});

test("a value that is handed in is hidden wherever a silence cuts it", () => {
  const literal = "0123456789-task-token-9876543210";
  for (let cut = 1; cut < literal.length; cut++) {
    const text = shown([`> ${literal.slice(0, cut)}`, `${literal.slice(cut)} <\n`], createMask([literal])).join("\n");
    for (const part of parts(literal)) expect(text, `cut at ${cut}`).not.toContain(part);
  }
});

const BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
const KEY = ["-----BEGIN PRIVATE KEY-----", BODY, BODY, "Zg==", "-----END PRIVATE KEY-----", "after"];

test.each([
  ["its lines", KEY.join("\n")],
  ["one line", JSON.stringify({ key: KEY.slice(0, -1).join("\n") })],
])("a private key on %s is hidden wherever a silence cuts it, and what follows it is not", (_, text) => {
  for (let cut = 1; cut < text.length; cut++) {
    const lines = shown([text.slice(0, cut), `${text.slice(cut)}\nnext\n`]).join("\n");
    for (const part of parts(BODY)) expect(lines, `cut at ${cut}`).not.toContain(part);
    expect(lines).toMatch(/\nnext$/);
  }
});

test("what needs no hiding is not held back", () => {
  for (const text of [
    "Checking for gcc",
    "[ 12%] Building a.o",
    "https://example.org/a",
    "Enter passphrase for key: ",
    "token",
  ])
    expect(shown([text])).toEqual([`${text} [line goes on]`]);
  expect(shown(["deploy with --token abc"])).toEqual(["deploy with --token  [line goes on]", "[line continued] abc"]);
});

test("a line that is too long goes on as one, silences or not", () => {
  const long = "0123456789abcde ".repeat(LONGEST_LINE_BYTES / 10);
  const events = shown([...(long.match(/.{1,65536}/g) ?? []), "end\n", "next\n"]);
  expect(joined(events)).toBe(`${long}end\nnext`);
  for (const event of events) expect(Buffer.byteLength(event)).toBeLessThanOrEqual(256 * 1024);
});
