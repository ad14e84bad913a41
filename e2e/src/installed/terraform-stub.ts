import { execFile, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Runs the real Terraform against a stub of the AWS provider. */
export interface TerraformStub {
  /** Validates, plans, applies, and plans again, which must find nothing to change; with the provider's bindings that are installed in a project. */
  apply(stack: string, project: string): Promise<string>;
}

/** Where the stub lies: MUSTER_TF_STUB, or beside the repository. */
const script = join(process.env.MUSTER_TF_STUB ?? join(import.meta.dirname, "../../../../shared/tf-stub"), "run.sh");
const run = promisify(execFile);

/** The stub, or why it cannot run here. */
export function findTerraformStub(): TerraformStub | { readonly missing: string } {
  if (!existsSync(script)) return { missing: `there is no ${script} (set MUSTER_TF_STUB)` };
  if (spawnSync("terraform", ["version"], { stdio: "ignore" }).status !== 0)
    return { missing: "terraform is not installed" };
  return {
    async apply(stack, project) {
      const env = { ...process.env, PROVIDER_AWS_DIR: providerOf(project) };
      const { stdout } = await run("bash", [script, stack, "apply"], { env, maxBuffer: 64 * 1024 * 1024 });
      return stdout;
    },
  };
}

/** Where what `@muster/infra` depends on is installed, which pnpm keeps out of a project's own folder. */
function providerOf(project: string): string {
  const infra = realpathSync(join(project, "node_modules/@muster/infra/package.json"));
  return dirname(createRequire(infra).resolve("@cdktf/provider-aws/package.json"));
}
