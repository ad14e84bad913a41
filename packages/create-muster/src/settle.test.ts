import { expect, test } from "vitest";
import { type AskedFor, settle, type Terminal } from "./settle.ts";

const silent = { input: { isTTY: false }, output: { isTTY: false } } as Terminal;
const nothing: AskedFor = { name: undefined, what: undefined, for: undefined, aws: false, yes: true };

test("what is not said is as usual, and the name is the folder's", async () => {
  expect(await settle(nothing, "/home/me/Hello World_2", silent)).toEqual({
    name: "hello-world-2",
    what: "deb",
    platforms: ["debian-12-bookworm", "debian-13-trixie"],
    aws: false,
  });
});

test("what is said counts", async () => {
  const asked = { ...nothing, name: "other", what: "tarball", for: "ubuntu-24.04-noble", aws: true };
  expect(await settle(asked, "/home/me/hello", silent)).toEqual({
    name: "other",
    what: "tarball",
    platforms: ["ubuntu-24.04-noble"],
    aws: true,
  });
});

test.each([
  [{ name: "Hello World" }, '"Hello World" is no name for a pipeline', /: hello-world$/],
  [{ name: "9" }, '"9" is no name for a pipeline', /lower-case letters, digits and dashes, 40 at most$/],
  [{ what: "dep" }, '"dep" is nothing that a new pipeline could ship', /^did you mean deb\?$/],
  [{ for: "debian-12" }, '"debian-12" is no distribution', /debian-12-bookworm/],
])("%j is refused in one line", async (said, message, hint) => {
  await expect(settle({ ...nothing, ...said }, "/home/me/hello", silent)).rejects.toMatchObject({
    message,
    hint: expect.stringMatching(hint),
  });
});
