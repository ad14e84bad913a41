import { expect, test } from "vitest";
import { executionName } from "./execution-name.ts";

const at = new Date("2026-11-24T23:50:12Z");

test("a name holds twenty characters of the words, the user, the date and the minute", () => {
  expect(executionName(["4.28.2", "ubuntu-18.04-bionic"], { user: "alice", at })).toBe(
    "4.28.2_ubuntu-18.04-_alice_2026-11-24_2350",
  );
});

test("a second build of the same minute gets another name", () => {
  expect(executionName(["4.28.2"], { user: "alice", at, attempt: 2 })).toBe("4.28.2_alice_2026-11-24_2350-2");
});

test("whatever the words and the user, AWS accepts the name", () => {
  const name = executionName(["--fake-ec2", "a b:c/d*"], { user: `${"ü".repeat(5)}x@${"long".repeat(40)}`, at });
  expect(name).toMatch(/^[A-Za-z0-9._-]{1,80}$/);
  expect(name).toMatch(/_2026-11-24_2350$/);
});
