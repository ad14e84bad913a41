import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ref } from "../testing/references.ts";

/**
 * The scripts of the workflow that deploys, as they stand in it, run by Bash with the real Terraform. Around them: a folder as the bucket, and a stack of
 * Terraform's built-in `terraform_data`, which needs no provider.
 */
interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
}
const { jobs } = parse(readFileSync(join(import.meta.dirname, "../../.github/workflows/deploy-stage.yml"), "utf8")) as {
  jobs: Record<"plan" | "apply", { steps: Step[] }>;
};
const script = (job: "plan" | "apply", name: string): string => {
  const run = jobs[job].steps.find((step) => step.id === name || step.name === name)?.run;
  if (run === undefined) throw new Error(`${job} has no step "${name}"`);
  return run;
};

const terraform = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;
if (!terraform) console.warn("deployments are not tried: terraform is not installed");

/** A bucket with versions, as far as the scripts use it. */
const AWS = `#!/usr/bin/env bash
set -euo pipefail
shift 2
while [ $# -gt 0 ]; do
  case "$1" in
    --key) key=$2; shift 2 ;;
    --body) body=$2; shift 2 ;;
    --version-id) version=$2; shift 2 ;;
    --bucket | --query | --output) shift 2 ;;
    *) out=$1; shift ;;
  esac
done
mkdir -p "$BUCKET/$key"
if [ -n "\${body:-}" ]; then
  version=v$(ls "$BUCKET/$key" | wc -l)
  cp "$body" "$BUCKET/$key/$version"
  echo "$version"
else
  cp "$BUCKET/$key/$version" "$out"
fi
`;

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
const state = () => (existsSync(at("state")) ? JSON.parse(readFileSync(at("state"), "utf8")) : undefined);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-deploy-"));
  for (const name of ["stack/assets", "bin", "bucket", "apply", "temp"]) mkdirSync(at(name), { recursive: true });
  writeFileSync(at("bin/aws"), AWS);
  chmodSync(at("bin/aws"), 0o755);
  writeFileSync(at("stack/assets/file"), "deployed");
  writeStack("deployed");
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeStack(input: string): void {
  writeFileSync(
    at("stack/cdk.tf.json"),
    JSON.stringify({
      terraform: { backend: { local: { path: at("state") } } },
      resource: { terraform_data: { it: { input: `\${file("\${path.module}/assets/file")}, ${input}` } } },
    }),
  );
}

/** As GitHub runs a step that names no shell. @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
function bash(run: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(at("output"), "");
  const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", run], {
    cwd,
    encoding: "utf8",
    env: {
      PATH: `${at("bin")}:${process.env.PATH}`,
      HOME: folder,
      CHECKPOINT_DISABLE: "1",
      BUCKET: at("bucket"),
      STATE_BUCKET: "state",
      STAGE: "prod",
      RUNNER_TEMP: at("temp"),
      GITHUB_RUN_ID: "17",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_OUTPUT: at("output"),
      ...env,
    },
  });
  const outputs = Object.fromEntries(
    readFileSync(at("output"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("=") as [string, string]),
  );
  return { status, said: `${stdout}${stderr}`, outputs };
}

/** What the planning job tells the applying one. */
interface Kept {
  readonly key?: string;
  readonly version?: string;
  readonly sha256?: string;
}

/** The planning job, from the initialised stack on. */
function plan(): Kept & { changes?: string } {
  expect(bash("terraform init -input=false", at("stack"))).toMatchObject({ status: 0 });
  const planned = bash(script("plan", "plan"), at("stack"));
  expect(planned.said).toBe("");
  if (planned.outputs.changes !== "true") return planned.outputs;
  const kept = bash(script("plan", "keep"), at("stack"));
  expect(kept, kept.said).toMatchObject({ status: 0 });
  return { changes: "true", ...kept.outputs };
}

/** The applying job, on a machine of its own. */
function apply({ key = "", version = "", sha256 = "" }: Kept) {
  rmSync(at("apply"), { recursive: true });
  mkdirSync(at("apply"));
  const env = { KEY: key, VERSION: version, SHA256: sha256 };
  const fetched = bash(script("apply", "Fetch exactly the plan that was shown"), at("apply"), env);
  return fetched.status === 0 ? bash(script("apply", "Apply it"), at("apply/stack"), env) : fetched;
}

describe.skipIf(!terraform)("the deployment's own scripts", () => {
  test("apply what was planned, with what it refers to, and plan nothing after that", () => {
    writeFileSync(at("stack/.terraform.lock.hcl"), "# checksums of providers\n");
    const planned = plan();
    expect(planned).toEqual({
      changes: "true",
      key: "plans/main/prod/17-1.tar.gz",
      version: "v0",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    // The code goes on; what was shown is what is applied.
    writeStack("something else");
    const applied = apply(planned);
    expect(applied.said).toContain("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
    expect(state().resources[0].instances[0].attributes.output.value).toBe("deployed, deployed");
    expect(readFileSync(at("apply/stack/.terraform.lock.hcl"), "utf8")).toBe("# checksums of providers\n");
    writeStack("deployed");
    expect(plan()).toEqual({ changes: "false" });
  });

  test("apply the version that was shown, though another was put in its place", () => {
    const planned = plan();
    writeFileSync(at("bucket", planned.key ?? "", "v1"), "poison");
    expect(apply(planned)).toMatchObject({ status: 0 });
  });

  test("refuse an archive whose content is not what was shown", () => {
    const planned = plan();
    writeFileSync(at("bucket", planned.key ?? "", "v0"), "poison");
    const refused = apply(planned);
    expect(refused.status).toBe(1);
    expect(refused.said).toContain("FAILED");
    expect(state()).toBeUndefined();
  });

  test("refuse a plan of a state that another deployment has changed", () => {
    const first = plan();
    writeStack("meanwhile");
    expect(apply(plan())).toMatchObject({ status: 0 });
    const refused = apply(first);
    expect(refused.status).toBe(1);
    expect(refused.said).toContain("stale");
    expect(state().resources[0].instances[0].attributes.output.value).toBe("deployed, meanwhile");
  });

  test("fail when a plan cannot be made", () => {
    writeFileSync(at("stack/cdk.tf.json"), JSON.stringify({ output: { it: { value: ref("local.missing") } } }));
    const { status, outputs } = bash(script("plan", "plan"), at("stack"));
    expect(status).toBe(1);
    expect(outputs).toEqual({});
  });
});

describe("a deployment that waited for approval", () => {
  const gh = (sha: string) => {
    writeFileSync(
      at("bin/gh"),
      `#!/usr/bin/env bash\n[ "$*" = "api repos/o/r/commits/main --jq .sha" ] && echo ${sha}\n`,
    );
    chmodSync(at("bin/gh"), 0o755);
    const env = { GITHUB_REPOSITORY: "o/r", GITHUB_SHA: "1111111" };
    return bash(script("apply", "Refuse what main has left behind"), folder, env);
  };

  test("goes on while main is where it was, and is refused with the commit to approve instead once it is not", () => {
    expect(gh("1111111")).toMatchObject({ status: 0, said: "" });
    const refused = gh("2222222");
    expect(refused.status).toBe(1);
    expect(refused.said).toContain("::error::main is at 2222222 now");
  });
});
