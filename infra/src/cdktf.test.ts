import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
      refusal('there is no command "convert"', "synth, bundle, diff, deploy, destroy, drill, review"),
    );
  });

  test.each(["synth", "bundle"])("%s for a stage that does not exist", (command) => {
    expect(run([command], { env: { MUSTER_STAGE: "nope" } })).toEqual(
      refusal('there is no stage "nope"', `stages.ts has ${names}`),
    );
  });

  test("synth with an option that it has not, with the nearest that it has", () => {
    expect(run(["synth", "--no-bundles"])).toEqual(
      refusal("synth has no option --no-bundles", "did you mean --no-bundle?"),
    );
  });

  test.each([["synth"], ["diff", "prod"]])("%s of what is not built, where it is not to be built", (...command) => {
    const cwd = mkdtempSync(join(realpathSync(tmpdir()), "muster-synth-"));
    try {
      writeFileSync(
        join(cwd, "stages.ts"),
        `import { defineStages } from ${JSON.stringify(join(infra, "src/index.ts"))};
         const pipeline = ${JSON.stringify(join(infra, "../pipelines/muster/pipeline.ts"))};
         const network = { kind: "own", zones: ["us-west-2a"] } as const;
         export default defineStages({ prod: { pipeline, account: "111122223333", region: "us-west-2", network } });\n`,
      );
      mkdirSync(join(cwd, "node_modules"));
      symlinkSync(join(infra, "node_modules/cdktf-cli"), join(cwd, "node_modules/cdktf-cli"));
      expect(run([...command, "--no-bundle"], { cwd })).toMatchObject({
        status: 1,
        stdout: "",
        stderr: expect.stringMatching(
          /^muster-infra: the functions of muster are not bundled: .*\n {2}pnpm --filter infra bundle\n$/,
        ),
      });
      expect(existsSync(join(cwd, "cdktf.out"))).toBe(false);
    } finally {
      rmSync(cwd, { recursive: true });
    }
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
