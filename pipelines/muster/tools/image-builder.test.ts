import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findImageBuilder } from "./image-builder.ts";

/** A PATH with these programs alone, which end as told. */
async function machineWith(programs: Readonly<Record<string, number>>) {
  const folder = await mkdtemp(join(tmpdir(), "muster-path-"));
  for (const [name, code] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\nexit ${code}\n`);
    await chmod(join(folder, name), 0o755);
  }
  vi.stubEnv("PATH", folder);
  return {
    [Symbol.asyncDispose]: async () => {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    },
  };
}

test("the first builder that works is taken: docker, podman, then buildah", async () => {
  await using _ = await machineWith({ docker: 0, podman: 0, buildah: 0 });
  expect(await findImageBuilder()).toBe("docker");
});

test("a client without a daemon counts as none", async () => {
  await using _ = await machineWith({ docker: 1, podman: 0 });
  expect(await findImageBuilder()).toBe("podman");
});

test("a machine that has none, or none that works, has no builder", async () => {
  {
    await using _ = await machineWith({});
    expect(await findImageBuilder()).toBeUndefined();
  }
  await using _ = await machineWith({ docker: 1, podman: 125, buildah: 1 });
  expect(await findImageBuilder()).toBeUndefined();
});
