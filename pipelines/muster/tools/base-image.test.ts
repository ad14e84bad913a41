import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { missingBase } from "./base-image.ts";

const image = "docker.io/library/debian:bookworm-slim";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-base-"));
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A builder that notes how it was called, and then does as its kind. */
async function addBuilder(name: string, body: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\necho "$@" >>${folder}/calls\n${body}\n`);
  await chmod(file, 0o755);
}

const calls = async () => (await readFile(join(folder, "calls"), "utf8")).trimEnd().split("\n");

const questions = [
  ["docker", "image inspect"],
  ["podman", "image inspect"],
  ["buildah", "inspect --type image"],
] as const;

test.each(questions)("what %s has already is not fetched", async (builder, question) => {
  await addBuilder(builder, "exit 0");
  expect(await missingBase(builder, image)).toBeUndefined();
  expect(await calls()).toEqual([`${question} ${image}`]);
});

test.each(questions)("what %s does not have is fetched", async (builder, question) => {
  await addBuilder(builder, '[ "$1" = pull ]');
  expect(await missingBase(builder, image)).toBeUndefined();
  expect(await calls()).toEqual([`${question} ${image}`, `pull ${image}`]);
});

test("of what cannot be fetched it says why, in the words that the builder ends with", async () => {
  await addBuilder("podman", 'echo "Trying to pull $2..." >&2; echo "Error: no such host" >&2; exit 125');
  expect(await missingBase("podman", image)).toBe(`podman cannot fetch ${image}: no image (Error: no such host)`);
});

test("a builder that fails without a word is told by how it was called", async () => {
  await addBuilder("docker", "exit 1");
  expect(await missingBase("docker", image)).toBe(
    `docker cannot fetch ${image}: no image (Command failed: docker pull ${image})`,
  );
});
