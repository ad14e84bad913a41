import { expect, test } from "vitest";
import { AwsError } from "../aws-error.ts";
import { onDisk } from "./disk-error.ts";

const refuse = (code: string) => () => {
  throw Object.assign(new Error(`${code}: some system text`), { code });
};

test.each([
  ["ENOSPC", "the disk is full; free some space"],
  ["EROFS", "the file system is read-only; choose another folder"],
  ["EACCES", "permission is denied; make the folder writable"],
])("%s names the folder, the reason and the remedy, and tells clients not to try again", (code, reason) => {
  const error = (() => {
    try {
      return onDisk("/state", refuse(code));
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(AwsError);
  expect(error).toMatchObject({ message: `cannot write below /state: ${reason} (${code})`, status: 507 });
});

test("what is no refusal of the disk is passed through", () => {
  const programming = new TypeError("x is not a function");
  expect(() =>
    onDisk("/state", () => {
      throw programming;
    }),
  ).toThrow(programming);
});
