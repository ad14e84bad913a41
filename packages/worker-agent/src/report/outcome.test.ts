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

test("members that leave no room for a message are left out", () => {
  const text = causeText({ ...witness, message: "m", extra: "y".repeat(500) });
  expect(JSON.parse(text)).toEqual(witness);
});
