import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TaskBench, taskBench } from "../testing/task-bench.ts";
import { sha256 } from "../tools/objects.ts";

const source = "s3://scratch/muster-1.2.3.tar.gz";

/** As machines differ: which programs are there, and which of them work. */
async function run(bench: TaskBench, programs: Readonly<Record<string, string>>, builder?: string) {
  const none = { docker: "exit 1", podman: "exit 125", buildah: "exit 1" };
  for (const [name, body] of Object.entries({ ...none, ...programs }))
    await bench.addProgram(name, `#!/bin/sh\n${body}\n`);
  const input = builder === undefined ? {} : { INPUT_BUILDER: builder };
  return bench.script("publish-docker-images.sh", { VERSION: "1.2.3", S3_SOURCE: source, ...input });
}

test("on a machine where no builder works, the note says so and nothing is fetched", async () => {
  await using bench = await taskBench();
  const { code, output, result } = await run(bench, {});
  const note = "no docker, podman or buildah works on this machine: no image";
  expect({ code, output, result }).toEqual({ code: 0, output: `${note}\n`, result: { note } });
});

test("the first builder that works is handed to the version's own tool; a docker without its server is none", async () => {
  await using bench = await taskBench();
  const tools = join(bench.folder, "muster-1.2.3/pipelines/muster/tools");
  await mkdir(tools, { recursive: true });
  await writeFile(join(tools, "run.sh"), '#!/bin/sh\necho "$1 by $IMAGE_BUILDER"\n', { mode: 0o755 });
  const tarball = execFileSync("tar", ["-C", bench.folder, "-cz", "muster-1.2.3"]);
  await bench.write("scratch", "muster-1.2.3.tar.gz", tarball);
  await bench.write("scratch", "muster-1.2.3.tar.gz.sha256", `${sha256(tarball)}  muster-1.2.3.tar.gz\n`);
  const docker = '[ "$*" = "info --format {{.ServerVersion}}" ] && exit 1; exit 0';
  expect(await run(bench, { docker, buildah: "exit 0", podman: "exit 0" })).toMatchObject({
    code: 0,
    output: expect.stringContaining("publish-docker-images by podman\n"),
  });
});

test("a builder that was asked for is the only one that is tried, and has to work", async () => {
  await using bench = await taskBench();
  expect(await run(bench, { docker: "exit 0", buildah: "exit 1" }, "buildah")).toEqual({
    code: 1,
    output: "error: buildah does not work on this machine: does `buildah info` end without an error?\n",
    result: undefined,
  });
});

test("without a source tarball it names the step that makes one", async () => {
  await using bench = await taskBench();
  const { code, output } = await run(bench, { podman: "exit 0" });
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining("no source tarball of 1.2.3: run MakeSourceTarball first"),
  });
});
