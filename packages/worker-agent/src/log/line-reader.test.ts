import { logMarker } from "@muster/pipeline";
import { expect, test } from "vitest";
import { LONGEST_LINE_BYTES } from "./cut-line.ts";
import { createLineReader } from "./line-reader.ts";
import { createMask } from "./mask-secrets.ts";

const plain = (text: string) => text;

function read(chunks: readonly (string | Buffer)[], mask = plain): string[] {
  const reader = createLineReader(mask);
  return [...chunks.flatMap((chunk) => reader.push(Buffer.from(chunk))), ...reader.end()];
}

/** Every way to cut bytes in two. */
function cuts(bytes: Buffer): Buffer[][] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
}

test("lines are the same however the bytes arrive, characters of several bytes included", () => {
  const text = "first\n\nзweite ✓\r\nlast without end 🌊";
  for (const pieces of cuts(Buffer.from(text))) {
    expect(read(pieces)).toEqual(["first", " ", "зweite ✓", "last without end 🌊"]);
  }
});

test("an empty line is an event too, which may not be empty", () => {
  expect(read(["\n\n"])).toEqual([" ", " "]);
  expect(read([])).toEqual([]);
});

test("a progress bar that overwrites its line leaves its last state", () => {
  expect(read(["10%\r50%\r100%\ndone\n"])).toEqual(["100%", "done"]);
  expect(read(["10%\r50%\r"])).toEqual(["50%"]);
});

test("a spinner that draws with backspaces leaves its last state, and overstruck words are read", () => {
  expect(read(["|\b/\b-\b\\\bdone\n"])).toEqual(["done"]);
  expect(read(["N\bNA\bAM\bME\bE\n\b\bstart\n"])).toEqual(["NAME", "start"]);
  expect(read(["x\b\n"])).toEqual([" "]);
});

test("a progress bar that never ends its line does not grow without limit, and keeps its last state", () => {
  const reader = createLineReader(plain);
  const lines: string[] = [];
  for (let percent = 0; percent < 200_000; percent++) lines.push(...reader.push(Buffer.from(`\r${percent} done`)));
  expect([...lines, ...reader.end()]).toEqual(["199999 done"]);
});

test("a line that is too long for an event is split and marked, with no byte lost", () => {
  const long = "0123456789abcde ".repeat(50_000);
  for (const chunk of [long.length, 65_536, 1000]) {
    const pieces = long.match(new RegExp(`.{1,${chunk}}`, "gs")) ?? [];
    const lines = read([...pieces, "\nnext\n"]);
    expect(lines.at(-1)?.slice(0, 80)).toBe("next");
    const parts = lines.slice(0, -1);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(256 * 1024);
    for (const part of parts.slice(0, -1)) expect(part.slice(-20)).toMatch(/ \[line goes on\]$/);
    for (const part of parts.slice(1)) expect(part.slice(0, 20)).toMatch(/^\[line continued\] /);
    const joined = parts
      .map((part) => part.replace("[line continued] ", "").replace(/ \[line goes on\]$/, ""))
      .join("");
    expect(joined.length).toBe(long.length);
    expect(joined === long).toBe(true);
  }
});

test("a long line is not cut inside a character", () => {
  const lines = read([`${"€".repeat(LONGEST_LINE_BYTES / 2)}\n`]);
  expect(lines.join("").includes("\ufffd")).toBe(false);
  expect(lines.join("").match(/€/g)?.length).toBe(LONGEST_LINE_BYTES / 2);
});

test("bytes that are no text are shown, and stay within an event's size", () => {
  const noise = Buffer.alloc(300_000, 0xff);
  const lines = read([noise, "\n"]);
  for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(256 * 1024);
  expect(lines.join("").match(/\\xff/g)?.length).toBe(300_000);
});

test("a script cannot open or close a task in the log", () => {
  const forged = logMarker({ kind: "end", task: "A-1.2.3", build: "b", attempt: "t" });
  expect(read([`${forged}\n`])).toEqual([` ${forged}`]);
});

test("secrets are hidden wherever the bytes are cut", () => {
  const mask = (text: string) => text.replaceAll("secret", "[masked]");
  for (const pieces of cuts(Buffer.from("a secret here\n"))) expect(read(pieces, mask)).toEqual(["a [masked] here"]);
});

test.each([
  ["an access key", "AKIAIOSFODNN7EXAMPLE"],
  ["a value that is handed in", "0123456789-task-token-9876543210"],
  ["a password beside its name", "password: correcthorsebattery"],
  ["a key", `-----BEGIN PRIVATE KEY-----\\n${"MIIEvQIBADANBgkq".repeat(100)}\\n-----END PRIVATE KEY-----`],
])("%s is hidden where a line is too long and would be cut in the middle of it", (_, secret) => {
  const literal = "0123456789-task-token-9876543210";
  for (const inSecret of [1, secret.length >> 1, secret.length - 2]) {
    const line = `${"x".repeat(LONGEST_LINE_BYTES - inSecret - 1)} ${secret} ${"y".repeat(300_000)}`;
    // As a pipe brings it.
    const lines = read(line.match(/.{1,65536}/gs) ?? [], createMask([literal]));
    const shown = lines.map((part) => part.replace("[line continued] ", "").replace(/ \[line goes on\]$/, "")).join("");
    expect(shown.length).toBeLessThan(line.length);
    expect(shown.replace(/[xy]{1000,}/g, "…")).toBe(createMask([literal])(`… ${secret} …`));
  }
});

test("a line of nothing but secrets is still read in one go, and keeps within an event's size", () => {
  const line = "password=correct,".repeat(60_000);
  const lines = read(line.match(/.{1,65536}/gs) ?? [], createMask());
  expect(lines.join("")).not.toContain("correct");
  for (const part of lines) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(256 * 1024);
});
