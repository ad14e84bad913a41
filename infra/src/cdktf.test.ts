import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import stages from "../stages.ts";

const names = stages.map(({ name }) => name).join(", ");

const infra = join(import.meta.dirname, "..");

/** Runs the program as the package's scripts do. */
function run(args: readonly string[], { env = {}, cwd = infra }: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(infra, "src/main.ts"), ...args],
    { encoding: "utf8", cwd, env: { PATH: process.env.PATH, ...env } },
  );
  return { status, stdout, stderr };
}

const refusal = (message: string, hint: string) => ({
  status: 1,
  stdout: "",
  stderr: `muster-infra: ${message}\n  ${hint}\n`,
});

describe("before cdktf or Terraform is called, one line and the remedy", () => {
  test.each(["diff", "deploy", "destroy"])("%s of a stage that does not exist", (command) => {
    expect(run([command, "nope"])).toEqual(refusal('there is no stage "nope"', `stages.ts has ${names}`));
  });

  test.each([[[]], [["--auto-approve"]]])("diff of no stage, with options %j", (options) => {
    expect(run(["diff", ...options])).toEqual(refusal("diff needs a stage", `stages.ts has ${names}`));
  });

  test("a command that cdktf has and this has not", () => {
    expect(run(["convert"])).toEqual(
      refusal('there is no command "convert"', "synth, bundle, diff, deploy, destroy, review"),
    );
  });

  test.each(["synth", "bundle"])("%s for a stage that does not exist", (command) => {
    expect(run([command], { env: { MUSTER_STAGE: "nope" } })).toEqual(
      refusal('there is no stage "nope"', `stages.ts has ${names}`),
    );
  });

  test("a folder without stages", () => {
    const cwd = realpathSync(tmpdir());
    expect(run(["synth"], { cwd })).toEqual(
      refusal(
        `there is no stages.ts in ${cwd}`,
        'write one: export default defineStages({ … }), with defineStages from "@muster/infra"',
      ),
    );
  });

  test("a review's command that does not exist", () => {
    expect(run(["review", "summarize"])).toEqual(
      refusal('there is no command "summarize"', "stages, summary, comment, compare, environment"),
    );
  });
});

test("workflows are told the stages whose state they can reach", () => {
  const { status, stdout } = run(["review", "stages"]);
  expect(status).toBe(0);
  const [first] = stages;
  expect(JSON.parse(stdout)[0]).toEqual({
    name: first?.name,
    account: first?.account,
    region: first?.region,
    stateBucket: first?.state?.bucket,
  });
  expect(JSON.parse(stdout)).toHaveLength(stages.filter(({ state }) => state !== undefined).length);
});
