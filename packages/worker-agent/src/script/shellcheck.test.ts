import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shellcheck } from "./shellcheck.ts";

const isInstalled = (() => {
  try {
    execFileSync("shellcheck", ["--version"]);
    return true;
  } catch {
    console.log("skipped: this machine has no shellcheck");
    return false;
  }
})();

test.skipIf(!isInstalled)(
  "errors are told from warnings, each with its line and number; advice is left out",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "muster-shellcheck-"));
    try {
      const file = join(folder, "make.sh");
      await writeFile(file, '#!/bin/bash\nfiles=(a b)\nrm $@\nunused=1\necho $files\necho $HOME "$files"\n');
      const { errors, warnings } = await shellcheck([
        { file, shell: "bash" },
        { file, shell: "python3" },
      ]);
      expect(errors).toEqual([{ file, line: 3, message: expect.stringMatching(/array expansions.* \(SC2068\)$/) }]);
      expect(warnings).toContainEqual({ file, line: 4, message: expect.stringMatching(/\(SC2034\)$/) });
      expect(warnings.map(({ message }) => message).join()).not.toContain("SC2086");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test("of no script nothing is found", async () => {
  expect(await shellcheck([])).toEqual({ errors: [], warnings: [] });
});
