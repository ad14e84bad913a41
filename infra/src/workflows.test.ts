import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { action, github, type Job, read, type Step, type Workflow, workflow } from "../testing/workflows.ts";

const files = readdirSync(github, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".yml"));
const names = ["test", "plan", "deploy", "deploy-stage", "drift"];
const expression = (text: string) => ["$", `{{ ${text} }}`].join("");
const scriptsOf = (job: Job | undefined) => (job?.steps ?? []).map(({ run = "" }) => run).join("\n");

test("these are the workflows", () => {
  // That which releases is held to its own rules in release-workflow.test.ts.
  expect(readdirSync(join(github, "workflows")).sort()).toEqual(
    [...names, "release"].map((name) => `${name}.yml`).sort(),
  );
});

describe.each(files)("%s", (path) => {
  const text = read(path);

  test("pins every foreign action to a full commit, with its release beside it", () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, name]) => !name?.startsWith("./"));
    for (const [line] of used) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("fails when a command fails whose output it passes on", () => {
    // The status of `echo "x=$(command)"` is echo's.
    expect(text).not.toMatch(/echo [^\n]*\$\(/);
  });

  test("has no long-lived key, and lets no event's text into a script", () => {
    expect(text).not.toMatch(/secrets\.|AWS_SECRET|aws-access-key-id/);
    const file = parse(text) as Partial<Workflow> & { runs?: { steps: Step[] } };
    const steps = [...Object.values(file.jobs ?? {}).flatMap((job) => job.steps ?? []), ...(file.runs?.steps ?? [])];
    for (const { run = "" } of steps) {
      expect(run).not.toMatch(/\$\{\{/);
      const { status, stderr } = spawnSync("bash", ["-n"], { input: run, encoding: "utf8" });
      expect(`${status}${stderr}`, run).toBe("0");
    }
  });
});

describe.each(names)("workflow %s", (name) => {
  const { on, permissions, jobs } = workflow(name);

  test("starts with no permission but reading, and never runs a fork's code with an identity", () => {
    expect(Object.keys(permissions ?? { all: "write" }).filter((key) => permissions?.[key] !== "read")).toEqual([]);
    expect(Object.keys(on)).not.toContain("pull_request_target");
  });

  test("limits each job's time, and keeps no credentials of the checkout", () => {
    for (const job of Object.values(jobs).filter(({ uses }) => uses === undefined)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
      const checkouts = (job.steps ?? []).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      for (const checkout of checkouts) expect(checkout.with).toEqual({ "persist-credentials": false });
    }
  });

  test("has nothing to do where no stage has a state that it can reach", () => {
    for (const job of Object.values(jobs).filter(({ strategy }) => strategy !== undefined)) {
      expect(job.needs).toBe("stages");
      expect(job.if).toBe("needs.stages.outputs.stages != '[]'");
    }
  });
});

/** The role that a job takes on AWS, whichever way. */
function roleOf(job: Job | undefined): string | undefined {
  const roles = (job?.steps ?? []).flatMap(({ uses, with: inputs }) => {
    if (uses === "./.github/actions/prepare-stage") return [String(inputs?.role)];
    if (!uses?.startsWith("aws-actions/configure-aws-credentials@")) return [];
    return [String(inputs?.["role-to-assume"]).split(":role/")[1] ?? ""];
  });
  expect(roles.length).toBeLessThanOrEqual(1);
  return roles[0];
}

test("each workflow takes the role that its code deserves: pull requests none that main's plans or a deployment have", () => {
  const roles = names.flatMap((name) =>
    Object.entries(workflow(name).jobs).flatMap(([job, content]) => {
      const role = roleOf(content);
      return role === undefined ? [] : [`${name}/${job}: ${role}`];
    }),
  );
  expect(roles).toEqual([
    "plan/plan: muster-plan",
    "deploy-stage/plan: muster-main-plan",
    `deploy-stage/apply: muster-deploy-${expression("inputs.stage")}`,
    "drift/drift: muster-main-plan",
  ]);
});

test("a stage's workflows take the roles of that stage alone", () => {
  const [taken] = action("prepare-stage").flatMap(({ with: inputs }) => inputs?.["role-to-assume"] ?? []);
  const role = `${expression("inputs.role")}-${expression("inputs.stage")}`;
  expect(taken).toBe(`arn:aws:iam::${expression("inputs.account")}:role/${role}`);
});

test("credentials of another account are refused before anything runs with them", () => {
  // Releases before know no such input, or look at it on some ways to credentials only.
  const guarding = /^aws-actions\/configure-aws-credentials@[0-9a-f]{40} # v(6\.(2\.[1-9]|[3-9]|\d\d)|[7-9]\.)/;
  const takers = files.flatMap((path) =>
    [...read(path).matchAll(/uses: (aws-actions\/.*)\n\s+with:\n((?:\s{8,}.*\n)+)/g)].map(([, uses, inputs]) => ({
      uses,
      inputs,
    })),
  );
  expect(takers).toHaveLength(2);
  for (const { uses, inputs } of takers) {
    expect(uses).toMatch(guarding);
    expect(inputs).toContain(`allowed-account-ids: ${expression("inputs.account")}`);
  }
});

test("actions run on a Node that GitHub's runners still have", () => {
  /** The first major release of each on Node 24. */
  const first: Readonly<Record<string, number>> = {
    "actions/attest-build-provenance": 4,
    "actions/checkout": 5,
    "actions/download-artifact": 7,
    "actions/setup-node": 5,
    "actions/upload-artifact": 6,
    "aws-actions/configure-aws-credentials": 6,
    "hashicorp/setup-terraform": 4,
  };
  for (const path of files)
    for (const [, name = "", major] of read(path).matchAll(/uses: ([\w-]+\/[\w-]+)@\S+ # v(\d+)/g))
      expect(Number(major), `${path}: ${name}`).toBeGreaterThanOrEqual(first[name] ?? Number.POSITIVE_INFINITY);
});

test("whoever takes a role says so, and nobody else can", () => {
  for (const name of names)
    for (const job of Object.values(workflow(name).jobs)) {
      const mayAsk = job.permissions?.["id-token"] === "write";
      expect(mayAsk).toBe(roleOf(job) !== undefined || job.uses !== undefined);
    }
});

test("a stage's build and synthesis run before there are credentials", () => {
  const steps = action("prepare-stage");
  const credentials = steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"));
  const building = steps.flatMap(({ run = "" }, index) => (/setup|bundle|synth/.test(run) ? [index] : []));
  expect(building).toHaveLength(2);
  expect(Math.max(...building)).toBeLessThan(credentials);
  const after = steps.slice(credentials).map(({ run = "" }) => run);
  expect(after.join("\n")).not.toMatch(/npx|npm|node/);
});

test("the provider is the one whose checksum the repository keeps", () => {
  expect(action("prepare-stage").at(-1)?.run).toContain("terraform init -input=false -lockfile=readonly");
  expect(scriptsOf(workflow("deploy-stage").jobs.apply)).toContain("terraform init -input=false -lockfile=readonly");
});

describe("a pull request", () => {
  const { jobs, concurrency } = workflow("plan");

  test("of a fork or of Dependabot gets no identity, and a message", () => {
    const known =
      "github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.login != 'dependabot[bot]'";
    expect(jobs.stages?.if).toBe(known);
    expect(jobs["no-plan"]?.if).toBe(expression(`!(${known})`));
    expect(jobs["no-plan"]?.permissions).toEqual({});
    expect(scriptsOf(jobs["no-plan"])).toContain("::notice::");
    expect(jobs.plan?.needs).toBe("stages");
  });

  test("may be planned anew at any time, because its plan holds no lock", () => {
    expect(concurrency?.["cancel-in-progress"]).toBe(true);
    const plans = scriptsOf(jobs.plan).match(/terraform plan .*/g);
    expect(plans).toEqual(["terraform plan -input=false -lock=false -out=tfplan > /dev/null"]);
  });

  test("keeps its plan where no deployment looks", () => {
    expect(scriptsOf(jobs.plan)).toContain('"s3://$STATE_BUCKET/plans/pull-requests/$STAGE/');
    expect(jobs.plan?.permissions).toEqual({ contents: "read", "id-token": "write", "pull-requests": "write" });
  });
});

test("nothing that holds the state's lock is cancelled", () => {
  for (const name of names) {
    const locks = Object.values(workflow(name).jobs).some((job) =>
      /terraform (plan|apply)(?!.*-lock=false)/.test(scriptsOf(job)),
    );
    if (locks) expect(workflow(name).concurrency?.["cancel-in-progress"] ?? false, name).toBe(false);
  }
});

describe("a deployment", () => {
  const { jobs } = workflow("deploy-stage");
  const applyScripts = scriptsOf(jobs.apply);

  test("comes from main alone, each stage by itself, and a stage that waits keeps nobody waiting", () => {
    const deploy = workflow("deploy");
    expect(deploy.on).toEqual({ push: { branches: ["main"] } });
    expect(deploy.concurrency).toBeUndefined();
    expect(deploy.jobs.stage?.uses).toBe("./.github/workflows/deploy-stage.yml");
    expect(Object.keys(workflow("deploy-stage").on)).toEqual(["workflow_call"]);
    expect(workflow("deploy-stage").concurrency).toBeUndefined();
    const inputs = (workflow("deploy-stage").on.workflow_call as { inputs: object }).inputs;
    expect(Object.keys(deploy.jobs.stage?.with ?? {}).sort()).toEqual(Object.keys(inputs).sort());
  });

  test("asks nobody when nothing changes, and asks in the stage's environment when something does", () => {
    const plan = jobs.plan?.steps?.find(({ id }) => id === "plan");
    expect(plan?.run).toContain("-detailed-exitcode");
    expect(jobs.plan?.outputs?.changes).toBe(expression("steps.plan.outputs.changes"));
    expect(jobs.apply?.if).toBe("needs.plan.outputs.changes == 'true'");
    expect(jobs.apply?.needs).toBe("plan");
    expect(jobs.apply?.environment).toBe(expression("inputs.stage"));
    expect(scriptsOf(jobs.plan)).toContain("review environment");
  });

  test("applies what this run showed, by version and digest, and nothing else", () => {
    const keep = jobs.plan?.steps?.find(({ id }) => id === "keep");
    expect(keep?.run).toContain("--query VersionId");
    expect(keep?.run).toContain('key="plans/main/$STAGE/$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT.tar.gz"');
    for (const [variable, output] of [
      ["KEY", "key"],
      ["VERSION", "version"],
      ["SHA256", "sha256"],
    ] as const) {
      expect(jobs.plan?.outputs?.[output]).toBe(expression(`steps.keep.outputs.${output}`));
      expect(jobs.apply?.env?.[variable]).toBe(expression(`needs.plan.outputs.${output}`));
    }
    const order = ['--version-id "$VERSION"', "sha256sum --check --strict", "tar --extract", "terraform apply"];
    const places = order.map((part) => applyScripts.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(applyScripts).toMatch(/terraform apply [^\n]*tfplan$/m);
    expect(applyScripts).not.toContain("terraform plan");
  });

  test("runs nothing of the repository while it has the credentials to change a stage", () => {
    const uses = (jobs.apply?.steps ?? []).flatMap((step) =>
      step.uses === undefined ? [] : [step.uses.split("@")[0]],
    );
    expect(uses).toEqual(["hashicorp/setup-terraform", "aws-actions/configure-aws-credentials"]);
    expect(applyScripts).not.toMatch(/npx|npm |node /);
  });

  test("is refused once main has moved on", () => {
    const [first] = jobs.apply?.steps ?? [];
    expect(first?.run).toContain('[ "$main" = "$GITHUB_SHA" ] && exit 0');
    expect(first?.run?.trimEnd().endsWith("exit 1")).toBe(true);
  });

  test("says whether the pull request showed the same plan", () => {
    expect(scriptsOf(jobs.plan)).toContain("review compare");
    expect(jobs.plan?.permissions?.["pull-requests"]).toBe("read");
  });

  test("is made by one job of all workflows", () => {
    const appliers = names.flatMap((name) =>
      Object.entries(workflow(name).jobs).filter(([, job]) => /terraform (apply|destroy)/.test(JSON.stringify(job))),
    );
    expect(appliers.map(([name]) => name)).toEqual(["apply"]);
  });
});

test("the plan's file leaves a job for the private bucket alone", () => {
  for (const name of names) expect(read(`workflows/${name}.yml`)).not.toMatch(/upload-artifact|cat plan\.json/);
});

test("drift fails on a plan that is not empty", () => {
  const scripts = scriptsOf(workflow("drift").jobs.drift);
  expect(scripts).toContain("-detailed-exitcode");
  expect(scripts.trimEnd().endsWith("exit 1")).toBe(true);
});
