import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { commandBlocks } from "./installed/follow-document.ts";
import { programArguments } from "./run-muster.ts";
import { createWorkspace } from "./workspace.ts";

const run = promisify(execFile);

test("whoever follows docs/operating.md sees what it says", async () => {
  const text = await readFile(join(import.meta.dirname, "../../docs/operating.md"), "utf8");
  await using workspace = await createWorkspace();
  const program = [process.execPath, ...programArguments].map((word) => `'${word}'`).join(" ");
  await workspace.write("bin/muster", `#!/bin/sh\nexec ${program} "$@"\n`, { executable: true });
  await workspace.write(".gitconfig", "[user]\n  name = Tester\n  email = tester@example.org\n");
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const env = { PATH: `${workspace.dir}/bin:${PATH}`, HOME: workspace.dir, USER: "tester", NODE_COMPILE_CACHE };
  let cwd = workspace.dir;
  const said: string[] = [];
  for (const { commands, exitCode } of commandBlocks(text)) {
    const script = `set -e\n${commands}`;
    const outcome = await run("bash", ["-c", script], { cwd, env, maxBuffer: 2 ** 26 }).then(
      (printed) => ({ ...printed, code: 0 }),
      (failure: { stdout: string; stderr: string; code: number }) => failure,
    );
    expect(outcome.code, `${commands}${outcome.stdout}${outcome.stderr}`).toBe(exitCode);
    said.push(`${outcome.stdout}${outcome.stderr}`);
    cwd = join(workspace.dir, "hello");
  }
  const [
    ,
    planned,
    built,
    looked,
    listed,
    checked,
    broken,
    failed,
    why,
    again,
    mended,
    anew,
    embargoed,
    released,
    taking,
    taken,
    refused,
    republished,
    audited,
  ] = said;
  expect(planned).toContain("all is well");
  expect(planned).toMatch(/^run +Publish +1\.0\.0 .*does not exist$/m);
  expect(built).toMatch(/2 tasks done, 0 skipped, 0 failed[\s\S]*0 tasks done, 2 skipped, 0 failed/);
  expect(looked).toMatch(/^succeeded +Publish/m);
  expect(looked).toMatch(/\/s3\/hello-state\/pages\/1\.0\.0_.*\.html$/m);
  expect(listed).toMatch(/^1\.0\.0: \d+ objects of 2 tasks, [\s\S]*^ .* [0-9a-f]{64} {2}s3:\/\/hello-scratch\//m);
  expect(checked).toMatch(/^1\.0\.0: all \d+ objects are good; /);
  expect(broken).toBe("");
  expect(failed).toMatch(/MakeSource failed.*[\s\S]*git clnoe|clnoe/);
  expect(why).toContain("clnoe");
  expect(again).toContain("clnoe");
  expect(mended).toMatch(/a retry of 1\.1\.0_tester.*[\s\S]*2 tasks done, 0 skipped, 0 failed/);
  expect(anew).toMatch(/^run +MakeSource +1\.1\.0 +\S+ s +made again \(--rerun\), although .* exists?$/m);
  expect(anew).toMatch(/^run +Publish +1\.1\.0 +\S+ s +made again after MakeSource \(--rerun\), although .* exists?$/m);
  expect(anew).toMatch(/again_1\.1\.0_tester_[\s\S]*2 tasks done, 0 skipped, 0 failed/);
  expect(embargoed).toMatch(/^MakeSource +✔ succeeded +✔ succeeded +✔ succeeded$/m);
  expect(embargoed).toMatch(/^Publish +· not_built +✔ succeeded +✔ succeeded$/m);
  expect(released).toContain("1 task done, 1 skipped, 0 failed");
  expect(taking).toMatch(/^1\.2\.0: what 1 task published is taken back\n {2}takes back {2}Publish {2}s3:/);
  expect(taken).toContain("1 task done, 1 skipped, 0 failed");
  expect(taken).toMatch(/^Publish +↩ withdrawn +✔ succeeded$/m);
  expect(refused).toMatch(/1\.2\.0 was withdrawn by tester at .* \(crashes on start\) \(--republish/);
  expect(republished).toContain("1 task done, 1 skipped, 0 failed");
  expect(audited).toMatch(/^0 orphans: looked at 0 machines, 0 running builds/);
});
