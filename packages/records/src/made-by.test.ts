import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { firstMakerOf, madeByMetadata, madeByOf, madeFirstOf, makerLine, passedOnMetadata } from "./made-by.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const script = sha256("script");
const task = "Make-1.2.3-debian-12-bookworm";
const uri = "s3://scratch/source.tar.gz";

test("metadata tell the task, its script, its variables and what it has read", () => {
  const env = { VERSION: "1.2.3", INPUT_TARGET: "production", EMPTY: "" };
  const made = madeByOf(madeByMetadata(makerLine({ task, script, env }), new Map([[uri, sha256("tar")]])));
  expect(made?.task).toBe(task);
  expect([made?.isOfScript(script), made?.isOfScript(sha256("other"))]).toEqual([true, false]);
  const another = (name: string, value: string) => made?.hadAnother(name, value);
  expect([another("VERSION", "1.2.3"), another("INPUT_TARGET", "production"), another("EMPTY", "")]).toEqual([
    false,
    false,
    false,
  ]);
  expect([another("VERSION", "1.2.4"), another("INPUT_TARGET", "staging"), another("EMPTY", "x")]).toEqual([
    true,
    true,
    true,
  ]);
  expect([made?.hasRead(uri), made?.hasRead(`${uri}.sig`)]).toEqual([true, false]);
  expect([made?.isOf(uri, sha256("tar")), made?.isOf(uri, sha256("another"))]).toEqual([true, false]);
});

test("a variable that there was not is not another one, and what the build was asked for is none", () => {
  const env = {
    VERSION: "1",
    BUILD_PLATFORMS: "a",
    PLATFORMS: "a b",
    VERSIONS: "1",
    MADE_AGAIN: "true",
    RESTORE_FROM: "x",
  };
  const made = madeByOf(madeByMetadata(makerLine({ task, script, env }), new Map()));
  for (const name of ["NEW", "BUILD_PLATFORMS", "PLATFORMS", "VERSIONS", "MADE_AGAIN", "RESTORE_FROM"])
    expect(made?.hadAnother(name, "other"), name).toBe(false);
});

test("objects that say nothing of it, or were stored by others, have no maker", () => {
  expect([madeByOf(undefined), madeByOf({}), madeByOf({ sha256: script }), madeByOf({ "muster-made": "?" })]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const bare = madeByOf(madeByMetadata(makerLine({ task, script, env: {} }), new Map()));
  expect([bare?.task, bare?.hadAnother("A", "b"), bare?.hasRead(uri)]).toEqual([task, false, false]);
});

test("however much a task reads and is told, the metadata fit into what S3 takes, in ASCII", () => {
  const many = Array.from({ length: 500 }, (_, index) => index);
  const env = Object.fromEntries(many.map((index) => [`VARIABLE_${index}`, `ü${index}`]));
  const sources = new Map(many.map((index) => [`s3://scratch/ü/${index}`, sha256(String(index))]));
  const maker = (letter: string) => makerLine({ task: letter.repeat(80) + "-1".repeat(60), script, env });
  const first = firstMakerOf(madeByMetadata(maker("F"), sources)) ?? "";
  const metadata = { ...madeByMetadata(maker("M"), sources), ...passedOnMetadata(maker("M"), first) };
  const text = Object.entries(metadata).flat().join("");
  // Beside them there are the object's digest, and a conditional write's id.
  expect(text.length).toBeLessThan(2048 - 6 - 64 - 12 - 36);
  expect(text).toMatch(/^[\x20-\x7e]+$/);
  // Of what it read, the latest.
  expect(madeByOf(metadata)?.hasRead("s3://scratch/ü/499")).toBe(true);
});

test("what is passed on tells what made it first, however often it is, and nothing of what that had read", () => {
  const made = madeByMetadata(makerLine({ task, script, env: { A: "a" } }), new Map([[uri, sha256("tar")]]));
  const [stage, publish] = ["Stage-1.2.3", "Publish-1.2.3"].map((each) => makerLine({ task: each, script, env: {} }));
  const passedOn = (metadata: Record<string, string>, by = "") => ({
    ...madeByMetadata(by, new Map()),
    ...passedOnMetadata(by, firstMakerOf(metadata) ?? ""),
  });
  const published = passedOn(passedOn(made, stage), publish);
  expect(madeByOf(published)?.task).toBe("Publish-1.2.3");
  const first = madeFirstOf(published);
  expect([first?.task, first?.isOfScript(script), first?.hadAnother("A", "b")]).toEqual([task, true, true]);
  expect(first?.hasRead(uri)).toBe(false);
  expect(madeFirstOf(made)).toBeUndefined();
});

test("what a task stores again of its own on another day, it has made", () => {
  const maker = (each: string) => makerLine({ task, script: sha256(each), env: {} });
  expect(passedOnMetadata(maker("newer"), maker("older"))).toEqual({});
});

test("no value can be found by what is told of it", () => {
  const line = makerLine({ task, script, env: { TOKEN: "hunter2" } });
  expect(line.split(" ")[2]).toHaveLength(8);
});
