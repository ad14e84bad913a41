import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorkspace } from "../workspace.ts";
import { commandBattery } from "./command-battery.ts";
import { s3Battery, s3Bench } from "./s3-battery.ts";
import { checkoutBundle, debianPackage, ec2Archive, type ShippedForm } from "./shipped-form.ts";

const parts = "a large file goes up in parts, and comes down";

/**
 * What is shipped is what is tested: each form does the same. The package has a bundle of its own, and so does all of it in every run. The
 * archive's and the checkout's agent come of one configuration, and all other tests are about the checkout: `pnpm --filter e2e shipped` has
 * them do all of it too.
 */
describe.each([
  { name: "Debian package", ship: debianPackage, always: true },
  { name: "archive for EC2", ship: ec2Archive, always: false },
  { name: "checkout's bundle", ship: checkoutBundle, always: false },
])("of the $name", ({ ship, always }) => {
  const isWhole = always || process.env.MUSTER_BATTERY === "full";
  let folder: string;
  let form: ShippedForm;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-shipped-"));
    const made = join(folder, "form");
    await mkdir(made);
    form = await ship(made);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const checks = Object.entries(s3Battery).filter(([name]) => isWhole || name === parts);
  expect(checks).not.toEqual([]);

  test.each(checks)("muster-s3: %s", async (_, check) => {
    const work = await mkdtemp(join(folder, "s3-"));
    await using bench = await s3Bench(form.s3, work);
    await check(bench);
  });

  test.runIf(isWhole)(
    "every command answers, and a build goes on after its command and its worker were killed",
    async () => {
      await using workspace = await createWorkspace({ MUSTER_DUMMY_SECONDS: "0" }, form.muster);
      await commandBattery(workspace);
    },
  );
});
