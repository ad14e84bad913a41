import { AwsError } from "@muster/local";
import { expect, test } from "vitest";
import { explainError } from "./explain-error.ts";

test("a full disk is told once, and that nothing is lost", () => {
  const error = new AwsError(
    "InsufficientStorage",
    "cannot write below /srv: the disk is full; free some space (ENOSPC)",
  );
  expect(explainError(error)).toEqual({
    message: error.message,
    hint: "what was built is kept: the same command goes on",
    exitCode: 2,
  });
});

test("a remedy that the error names itself is not repeated", () => {
  const message = "cannot write below /srv: the file system is read-only; choose another folder (EROFS)";
  expect(explainError(new AwsError("InsufficientStorage", message)).hint).toBeUndefined();
});

test("a region that is not set is asked for", () => {
  expect(explainError(new Error("Region is missing")).hint).toContain("AWS_REGION");
});

test("without a network it is AWS that cannot be reached, and the machine itself can build", () => {
  const error = new Error("getaddrinfo ENOTFOUND ssm.eu-central-1.amazonaws.com");
  expect(explainError(error)).toEqual({
    message: `AWS cannot be reached: ${error.message}`,
    hint: "is there a network, and is AWS_REGION the stage's? leave --stage out to build on this machine",
    exitCode: 3,
  });
});

test("addresses that could not be reached, any of several, are told by what happened to them", () => {
  const error = Object.assign(new AggregateError([]), { code: "ETIMEDOUT" });
  expect(explainError(error)).toMatchObject({
    message: "AWS cannot be reached: ETIMEDOUT",
    hint: expect.stringContaining("is there a network"),
  });
});

test("an error that nobody expected is one line", () => {
  expect(explainError(new TypeError("a\n  b"))).toMatchObject({ message: "TypeError: a b" });
});
