import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import stages from "../stages.ts";

const names = stages.map(({ name }) => name).join(", ");

/** Runs a program of `src/` as the package's scripts do. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, program), ...args],
    { encoding: "utf8", env: { PATH: process.env.PATH, ...env } },
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
    expect(run("cdktf.ts", [command, "nope"])).toEqual(
      refusal('there is no stage "nope"', `infra/stages.ts has ${names}`),
    );
  });

  test.each([[[]], [["--auto-approve"]]])("diff of no stage, with options %j", (options) => {
    expect(run("cdktf.ts", ["diff", ...options])).toEqual(
      refusal("diff needs a stage", `infra/stages.ts has ${names}`),
    );
  });

  test("a command that cdktf has and this has not", () => {
    expect(run("cdktf.ts", ["convert"])).toEqual(refusal('there is no command "convert"', "diff, deploy, destroy"));
  });

  test.each(["main.ts", "bundle.ts"])("%s for a stage that does not exist", (program) => {
    expect(run(program, [], { MUSTER_STAGE: "nope" })).toEqual(
      refusal('there is no stage "nope"', `infra/stages.ts has ${names}`),
    );
  });

  test("a review's command that does not exist", () => {
    expect(run("review/main.ts", ["summarize"])).toEqual(
      refusal('there is no command "summarize"', "stages, summary, comment, compare, environment"),
    );
  });
});

test("workflows are told the stages whose state they can reach", () => {
  const { status, stdout } = run("review/main.ts", ["stages"]);
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
