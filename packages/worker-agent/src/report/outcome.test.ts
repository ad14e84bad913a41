import { MAX_CAUSE_BYTES } from "@muster/pipeline";
import { expect, test } from "vitest";
import { causeText } from "./outcome.ts";

const witness = { ec2: "i-0123456789abcdef0", time_sec: "12" };

test("a short cause is written as it is", () => {
  expect(JSON.parse(causeText({ ...witness, exit: 3 }))).toEqual({ ...witness, exit: 3 });
});

test.each(["x".repeat(1000), '"'.repeat(1000), "ü🌊\n".repeat(300), "\\".repeat(400)])(
  "a long message gives way, so that the cause stays within its 256 bytes and stays JSON",
  (message) => {
    const text = causeText({ ...witness, exit: "SIGTERM", message });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CAUSE_BYTES);
    const cause = JSON.parse(text) as { message: string };
    expect(cause).toMatchObject({ ...witness, exit: "SIGTERM" });
    expect(cause.message.endsWith("…")).toBe(true);
    expect(message.startsWith(cause.message.slice(0, -1))).toBe(true);
    expect(cause.message.length).toBeGreaterThan(40);
  },
);

test("the log's line gives way before the message, and may take all the room that is left", () => {
  const line = "foo.cpp:12:3: error: ‘x’ was not declared in this scope ".repeat(10);
  const killed = { ...witness, exit: 2, message: "out of memory" };
  const text = causeText({ ...killed, line });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CAUSE_BYTES);
  expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_CAUSE_BYTES - 4);
  const cause = JSON.parse(text) as { line: string };
  expect(cause).toMatchObject(killed);
  expect(line.startsWith(cause.line.slice(0, -1))).toBe(true);
  const crowded = JSON.parse(causeText({ ...killed, message: "m".repeat(300), line })) as object;
  expect(crowded).toMatchObject({ ...witness, exit: 2, message: expect.stringMatching(/^m{100,}…$/) });
  expect(crowded).not.toHaveProperty("line");
});

test("members that leave no room for a message are left out", () => {
  const text = causeText({ ...witness, message: "m", extra: "y".repeat(500) });
  expect(JSON.parse(text)).toEqual(witness);
});
