import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly if?: string;
  readonly needs?: string | string[];
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const github = join(import.meta.dirname, "../../.github");
const read = (path: string) => readFileSync(join(github, path), "utf8");
const workflow = (name: string): Workflow => parse(read(`workflows/${name}.yml`));
const files = readdirSync(github, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".yml"));

describe.each(files)("%s", (path) => {
  const text = read(path);

  test("pins every foreign action to a full commit, with its release beside it", () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, action]) => !action?.startsWith("./"));
    for (const [line] of used) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("has no long-lived key, and lets no event's text into a script", () => {
    expect(text).not.toMatch(/secrets\.|AWS_SECRET|aws-access-key-id/);
    const file = parse(text) as Partial<Workflow> & { runs?: { steps: Step[] } };
    const steps = [...Object.values(file.jobs ?? {}).flatMap((job) => job.steps), ...(file.runs?.steps ?? [])];
    for (const { run = "" } of steps) {
      expect(run).not.toMatch(/\$\{\{/);
      const { status, stderr } = spawnSync("bash", ["-n"], { input: run, encoding: "utf8" });
      expect(`${status}${stderr}`, run).toBe("0");
    }
  });
});

describe.each(["test", "plan", "deploy", "drift"])("workflow %s", (name) => {
  const { on, permissions, jobs } = workflow(name);

  test("starts with no permission but reading, and never runs a fork's code with an identity", () => {
    expect(Object.keys(permissions ?? { all: "write" }).filter((key) => permissions?.[key] !== "read")).toEqual([]);
    expect(Object.keys(on)).not.toContain("pull_request_target");
  });

  test("limits each job's time, and keeps no credentials of the checkout", () => {
    for (const job of Object.values(jobs)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
      const [checkout] = job.steps;
      expect(checkout?.uses).toMatch(/^actions\/checkout@/);
      expect(checkout?.with).toEqual({ "persist-credentials": false });
    }
  });
});

const roleOf = (job: Job | undefined) =>
  job?.steps.find(({ uses }) => uses === "./.github/actions/prepare-stage")?.with?.role;

test("plans are made by the role that changes nothing, and not for forks", () => {
  const { jobs } = workflow("plan");
  expect(roleOf(jobs.plan)).toBe("muster-plan");
  expect(jobs.stages?.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
  expect(jobs.plan?.needs).toBe("stages");
  expect(jobs.plan?.permissions).toEqual({ contents: "read", "id-token": "write", "pull-requests": "write" });
});

test("only a job in its stage's environment deploys, and only a plan that is there to be seen", () => {
  const { on, jobs } = workflow("deploy");
  expect(on).toEqual({ push: { branches: ["main"] } });
  expect(roleOf(jobs.plan)).toBe("muster-plan");
  expect(roleOf(jobs.apply)).toBe("muster-deploy");
  expect(jobs.apply?.environment).toBe(["$", "{{ matrix.name }}"].join(""));
  expect(jobs.apply?.needs).toEqual(["stages", "plan"]);
  const scripts = jobs.apply?.steps.map(({ run = "" }) => run).join("\n") ?? "";
  expect(scripts).toMatch(/terraform apply [^\n]*tfplan$/m);
  expect(scripts).not.toContain("terraform plan");
  const deployers = ["test", "plan", "deploy", "drift"].flatMap((name) =>
    Object.entries(workflow(name).jobs).filter(
      ([, job]) => roleOf(job) === "muster-deploy" || /terraform apply/.test(JSON.stringify(job.steps)),
    ),
  );
  expect(deployers.map(([name]) => name)).toEqual(["apply"]);
});

test("the plan's file leaves a job for the private bucket alone", () => {
  for (const name of ["plan", "deploy", "drift"])
    expect(read(`workflows/${name}.yml`)).not.toMatch(/upload-artifact|cat plan\.json/);
});

test("drift fails on a plan that is not empty", () => {
  const steps =
    workflow("drift")
      .jobs.drift?.steps.map(({ run = "" }) => run)
      .join("\n") ?? "";
  expect(steps).toContain("-detailed-exitcode");
  expect(steps.trimEnd().endsWith("exit 1")).toBe(true);
});
