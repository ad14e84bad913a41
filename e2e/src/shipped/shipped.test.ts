import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorkspace } from "../workspace.ts";
import { commandBattery } from "./command-battery.ts";
import { LARGE_FILE, s3Battery, s3Bench } from "./s3-battery.ts";
import { checkoutBundle, debianPackage, ec2Archive, npmPackages, type ShippedForm } from "./shipped-form.ts";

const isFull = process.env.MUSTER_BATTERY === "full";

/**
 * What is shipped is what is tested: each form does the same. The package has a bundle of its own, and so does all of it in every run. The
 * archive's and the checkout's agent come of one configuration, and all other tests are about the checkout; npm's packages, which take long to
 * make, upload a large file and run a build in `installed`: `pnpm --filter e2e shipped` has them all do all of it.
 */
const forms = [
  { name: "Debian package", ship: debianPackage, isWhole: true },
  { name: "archive for EC2", ship: ec2Archive, isWhole: isFull },
  { name: "checkout's bundle", ship: checkoutBundle, isWhole: isFull },
  ...(isFull ? [{ name: "packages for npm", ship: npmPackages, isWhole: true }] : []),
];

describe.each(forms)("of the $name", ({ ship, isWhole }) => {
  let folder: string;
  let form: ShippedForm;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-shipped-"));
    const made = join(folder, "form");
    await mkdir(made);
    form = await ship(made);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const checks = Object.entries(s3Battery).filter(([name]) => isWhole || name === LARGE_FILE);
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

  // Half a minute, nearly all of it for Node's own file: the tests of the package have the rest of it read in each run.
  test.runIf(isFull && ship === debianPackage)("lintian finds no error, nor anything to warn of", async () => {
    const out = join(folder, "form/out");
    const [deb = ""] = await readdir(out);
    const { stdout } = await promisify(execFile)("lintian", ["--fail-on", "error,warning", join(out, deb)]);
    expect(stdout).toBe("");
  });
});
