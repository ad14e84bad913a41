import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { binaryPackage } from "../artifacts.ts";
import { putBuiltPackage } from "../testing/built-package.ts";
import { taskBench } from "../testing/task-bench.ts";

const version = "1.2.3";
const bookworm = "debian-12-bookworm";
const noble = "ubuntu-24.04-noble";
const env = { VERSION: version, PLATFORMS: `${bookworm} ${noble}` };

/** Notes how it was called; it has every image already. */
const recording = (calls: string): string => `#!/bin/sh\necho "$@" >>${calls}\n`;

const REFUSED = "dial tcp: lookup docker.io: no such host";

/** Notes how it was called; it has no image, and reaches no registry. */
const unreachable = (calls: string): string => `#!/bin/sh
echo "$@" >>${calls}
case "$1" in
  pull) printf 'Trying to pull %s...\nError: ${REFUSED}\n\n' "$2" >&2; exit 125 ;;
  image | inspect) exit 1 ;;
esac
`;

test("an image is built from the first platform's package, whatever others there are, and stays where no repository is named", async () => {
  await using bench = await taskBench();
  const calls = join(bench.folder, "calls");
  await bench.addProgram("podman", recording(calls));
  await putBuiltPackage(bench, { version, platform: noble });
  const { code, result } = await bench.tool("publish-docker-images", {
    env: { VERSION: version, PLATFORMS: `${noble} ${bookworm}`, IMAGE_BUILDER: "podman" },
  });
  expect({ code, result }).toEqual({
    code: 0,
    result: { note: "muster:1.2.3, by podman, on this machine only: no repository to push to" },
  });
  expect(await readFile(calls, "utf8")).toMatch(
    /\nbuild --build-arg BASE=docker\.io\/library\/ubuntu:noble --tag muster:1\.2\.3 image-\S+\n$/,
  );
});

test("with a repository named, the image is pushed there", async () => {
  await using bench = await taskBench();
  const calls = join(bench.folder, "calls");
  await bench.addProgram("docker", recording(calls));
  await putBuiltPackage(bench, { version, platform: bookworm });
  const { result } = await bench.tool("publish-docker-images", {
    env: { ...env, IMAGE_BUILDER: "docker", IMAGE_REPOSITORY: "example.org/muster" },
  });
  expect(result).toEqual({ note: "example.org/muster:1.2.3, by docker" });
  expect(await readFile(calls, "utf8")).toMatch(
    /BASE=docker\.io\/library\/debian:bookworm-slim .*\npush example\.org\/muster:1\.2\.3\n$/,
  );
});

test("what has expired in scratch comes from where users get it", async () => {
  await using bench = await taskBench();
  const calls = join(bench.folder, "calls");
  await bench.addProgram("docker", recording(calls));
  await putBuiltPackage(bench, { version, platform: bookworm });
  await bench.tool("publish-binary-packages", { env });
  const { builtChecksum } = binaryPackage({ version, platform: bookworm });
  await bench.s3.send(new DeleteObjectCommand({ Bucket: "scratch", Key: builtChecksum.key }));
  const { result } = await bench.tool("publish-docker-images", { env: { ...env, IMAGE_BUILDER: "docker" } });
  expect(result).toEqual({ note: expect.stringMatching(/^muster:1\.2\.3, by docker/) });
});

test("without a package of that platform the note says so and nothing fails", async () => {
  await using bench = await taskBench();
  await putBuiltPackage(bench, { version, platform: noble });
  const { code, result } = await bench.tool("publish-docker-images", { env: { ...env, IMAGE_BUILDER: "docker" } });
  expect({ code, result }).toEqual({
    code: 0,
    result: { note: "no package of 1.2.3 for debian-12-bookworm is built: no image" },
  });
});

test("a registry that cannot be reached is told in the note, and an image that nobody else would get fails nothing", async () => {
  await using bench = await taskBench();
  const calls = join(bench.folder, "calls");
  await bench.addProgram("buildah", unreachable(calls));
  await putBuiltPackage(bench, { version, platform: bookworm });
  const { code, output, result } = await bench.tool("publish-docker-images", {
    env: { ...env, IMAGE_BUILDER: "buildah" },
  });
  const note = `buildah cannot fetch docker.io/library/debian:bookworm-slim: no image (Error: ${REFUSED})`;
  expect({ code, output, result }).toEqual({ code: 0, output: `${note}\n`, result: { note } });
  expect(await readFile(calls, "utf8")).not.toContain("build --build-arg");
});

test("where the image is to be pushed, a registry that cannot be reached fails the task in one line", async () => {
  await using bench = await taskBench();
  await bench.addProgram("podman", unreachable(join(bench.folder, "calls")));
  await putBuiltPackage(bench, { version, platform: bookworm });
  const { code, output, result } = await bench.tool("publish-docker-images", {
    env: { ...env, IMAGE_BUILDER: "podman", IMAGE_REPOSITORY: "example.org/muster" },
  });
  expect({ code, output, result }).toEqual({
    code: 1,
    output: `podman cannot fetch docker.io/library/debian:bookworm-slim: no image (Error: ${REFUSED})\n`,
    result: undefined,
  });
});
