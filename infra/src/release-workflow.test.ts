import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { concurrency, jobs, on, permissions, repository, step } from "../testing/release-workflow.ts";

const expression = (text: string) => ["$", `{{ ${text} }}`].join("");

describe("the workflow that releases", () => {
  test("starts by a tag of a version alone, and is not stopped half way by another", () => {
    expect(on).toEqual({ push: { tags: ["v*"] } });
    expect(concurrency["cancel-in-progress"]).toBe(false);
  });

  test("lets one job write, after all others, in an environment that can ask for approval", () => {
    expect(permissions).toEqual({});
    const mayWrite = Object.entries(jobs).filter(([, job]) => Object.values(job.permissions).includes("write"));
    expect(mayWrite.map(([name]) => name)).toEqual(["publish"]);
    expect(jobs.publish.permissions).toEqual({ contents: "write", "id-token": "write", attestations: "write" });
    expect(jobs.publish.environment).toBe("release");
    expect(Object.entries(jobs).map(([name, { needs }]) => [name, needs])).toEqual([
      ["check", undefined],
      ["test", undefined],
      ["packages", ["check", "test"]],
      ["assets", "packages"],
      ["publish", "assets"],
    ]);
  });

  test("tests the commit as every other is tested", () => {
    expect(jobs.test.uses).toBe("./.github/workflows/test.yml");
    const tests = parse(readFileSync(join(repository, ".github/workflows/test.yml"), "utf8")) as { on: object };
    expect(Object.keys(tests.on)).toContain("workflow_call");
  });

  test("runs nothing of the repository in the job that may write", () => {
    const uses = (jobs.publish.steps ?? []).flatMap((each) =>
      each.uses === undefined ? [] : [each.uses.split("@")[0]],
    );
    expect(uses).toEqual(["actions/download-artifact", "actions/attest-build-provenance", "actions/setup-node"]);
    const scripts = (jobs.publish.steps ?? []).map(({ run = "" }) => run).join("\n");
    expect(scripts.replaceAll(/npm (view|publish) /g, "")).not.toMatch(/npx|npm |node /);
  });

  test("limits each job's time, and keeps no credentials of the checkout", () => {
    for (const job of Object.values(jobs).filter(({ uses }) => uses === undefined)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
      const checkouts = (job.steps ?? []).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      for (const checkout of checkouts) expect(checkout.with).toEqual({ "persist-credentials": false });
    }
  });

  test("publishes what was laid out, by digest, and says where each file comes from", () => {
    expect(jobs.assets.outputs).toEqual({ sha256: expression("steps.assets.outputs.sha256") });
    const names = (jobs.publish.steps ?? []).map(({ name, uses }) => name ?? uses?.split("@")[0]);
    expect(names).toEqual([
      "actions/download-artifact",
      "Refuse what is not exactly what was laid out",
      "actions/attest-build-provenance",
      "actions/setup-node",
      "Publish the packages to npm",
      "Publish it",
    ]);
    expect(step("publish", "Refuse what is not exactly what was laid out").env?.SHA256).toBe(
      expression("needs.assets.outputs.sha256"),
    );
    expect(step("publish", "provenance").with).toEqual({ "subject-checksums": "release/assets/SHA256SUMS" });
    expect(step("publish", "Publish it").env?.PROVENANCE).toBe(expression("steps.provenance.outputs.bundle-path"));
  });

  test("publishes to npm as a trusted publisher, with provenance and without a token, what is not private", () => {
    const { run = "", env } = step("publish", "Publish the packages to npm");
    expect(run).toMatch(/npm publish --provenance --access public /);
    expect(env).toBeUndefined();
    expect(readFileSync(join(repository, ".github/workflows/release.yml"), "utf8")).not.toMatch(
      /NODE_AUTH_TOKEN|NPM_TOKEN|secrets\./,
    );
    const tracked = spawnSync("git", ["ls-files", "package.json", "*/package.json"], {
      cwd: repository,
      encoding: "utf8",
    });
    const manifests = tracked.stdout.trim().split("\n");
    const open = manifests.filter((path) => !JSON.parse(readFileSync(join(repository, path), "utf8")).private);
    expect(open).toEqual(
      expect.arrayContaining(["infra/package.json", "packages/cli/package.json", "packages/pipeline/package.json"]),
    );
    expect(open, "private, since npm gets it with what needs it").not.toContain("packages/local/package.json");
  });
});
