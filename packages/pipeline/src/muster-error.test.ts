import { expect, test } from "vitest";
import { ErrorName, InvalidConfigurationError, InvalidInputError, MusterError } from "./muster-error.ts";

test("an error has one line, a hint apart, and its cause", () => {
  const cause = new Error("socket closed");
  const error = new MusterError("the bucket is gone", { hint: "create it", cause });
  expect(error).toMatchObject({ name: "Muster.Error", message: "the bucket is gone", hint: "create it", cause });
  expect(new MusterError("the bucket is gone")).not.toHaveProperty("cause");
});

test("errors travel under the names that retriers match", () => {
  expect(new InvalidInputError("x").name).toBe(ErrorName.invalidInput);
  expect(new InvalidConfigurationError("x").name).toBe(ErrorName.invalidConfiguration);
});
