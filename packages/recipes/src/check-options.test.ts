import { expect, test } from "vitest";
import { aptRepository } from "./apt-repository.ts";
import { debianPackage } from "./debian-package.ts";
import { sourceTarball } from "./source-tarball.ts";

const hello = { name: "hello" };
const untyped = (value: object) => value as never;

test("an option that a recipe does not have is refused, with the nearest that it has", () => {
  expect(() => debianPackage(hello, untyped({ lintain: "off" }))).toThrow(
    expect.objectContaining({ message: 'debianPackage has no option "lintain"', hint: "did you mean lintian?" }),
  );
  expect(() => aptRepository([hello], untyped({ key: {}, validdays: 3 }))).toThrow('no option "validdays"');
});

test("a field that a program does not have is refused, and so is a name that no package can bear", () => {
  expect(() => sourceTarball(untyped({ name: "hello", withdrawed: [] }))).toThrow(
    expect.objectContaining({ message: 'a program has no field "withdrawed"', hint: "did you mean withdrawn?" }),
  );
  expect(() => sourceTarball({ name: "My Program" })).toThrow('"My Program" is no name of a program');
});
