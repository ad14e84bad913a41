import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { maskHashes, prettyStack } from "../testing/pretty-stack.ts";
import { declared, evaluate, references, resourcesOf } from "../testing/references.ts";
import { ACCOUNT_NAMES, INNER_NAMES, namesIn } from "../testing/resource-names.ts";
import { bare, everything, stage, usual } from "../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage, synthText } from "../testing/synth-stage.ts";

const repository = join(import.meta.dirname, "../..");
const longestName = "a-stage-name-of-thirty-letters";
const kinds = { everything, bare, usual };
const cases = ["hhvm", "muster"].flatMap((pipeline) =>
  Object.entries(kinds).map(([kind, define]) => ({ kind, pipeline, definition: define(pipeline) })),
);

describe.each(cases)("the stack of $pipeline with $kind", ({ definition }) => {
  let stack: SynthesisedStack;
  beforeAll(async () => {
    stack = await synthStage(stage(longestName, definition));
  });

  test("refers only to what it declares", () => {
    const known = declared(stack);
    const dangling = references(stack).filter(({ type, name }) => !known.has(`${type}.${name}`));
    expect(dangling).toEqual([]);
  });

  test("has no dependency cycle", () => {
    expect(findCycle(stack)).toBeUndefined();
  });

  test("uses no attribute that the provider does not know", () => {
    const unknown = references(stack).filter(
      ({ type, attribute }) => type !== "local" && attribute !== "" && !knownAttribute(type, attribute),
    );
    expect(unknown).toEqual([]);
  });

  test("keeps every name within AWS's limits", () => {
    const tooLong = [...ACCOUNT_NAMES, ...INNER_NAMES].flatMap((named) => {
      const [type, attribute, longest] = named;
      return namesIn(stack, named)
        .filter((name) => name.length > longest || name.length === 0)
        .map((name) => `${type}.${attribute}: ${name}`);
    });
    expect(tooLong).toEqual([]);
  });

  test("gives no two resources of a kind the same name", () => {
    const twice = [...ACCOUNT_NAMES, ...INNER_NAMES].flatMap(([type, attribute]) => {
      // A filter's name is its log group's own.
      const names = resourcesOf(stack, type).map(([, body]) => `${body[attribute]}${body.log_group_name ?? ""}`);
      return names.filter((name, index) => names.indexOf(name) !== index);
    });
    expect(twice).toEqual([]);
  });

  test("has a state machine of less than 1 MB", () => {
    const definition = evaluate(String(stack.resource.aws_sfn_state_machine?.state_machine?.definition), stack);
    expect(Buffer.byteLength(definition)).toBeLessThan(1_048_576);
    expect(JSON.parse(definition)).toHaveProperty("StartAt");
  });

  test("has user data of at most 16 KiB for each activity", () => {
    for (const [name, value] of Object.entries(stack.locals).filter(([local]) => local.endsWith("_user_data"))) {
      const script = evaluate(value, stack);
      expect(script, name).toMatch(/^#!\/bin\/bash\n/);
      expect(Buffer.byteLength(script), name).toBeLessThanOrEqual(16_384);
    }
  });

  test("describes itself to its functions in fewer than 4 KB", () => {
    const description = evaluate(stack.locals.stage_description ?? "", stack);
    expect(gzipSync(description).toString("base64").length).toBeLessThan(4096 - "MUSTER_STAGE".length);
  });

  test("keeps each role's policy within IAM's 10,240 characters", () => {
    for (const [name, { policy }] of resourcesOf(stack, "aws_iam_role_policy"))
      expect(evaluate(String(policy), stack).replaceAll(/\s/g, "").length, name).toBeLessThan(10_240);
  });
});

test("the reference pipeline's stack is the golden one", async () => {
  const text = await synthText(stage("hhvm", usual("hhvm")));
  await expect(maskHashes(prettyStack(JSON.parse(text)))).toMatchFileSnapshot("../testing/golden/hhvm.tf.json");
});

test("synthesising twice gives the same bytes, and nothing of this machine is in them", async () => {
  const once = await synthText(stage("hhvm", everything("hhvm")));
  const again = await synthText(stage("hhvm", everything("hhvm")));
  expect(again).toBe(once);
  for (const local of [tmpdir(), process.cwd(), dirname(process.execPath), new Date().toISOString().slice(0, 10)])
    expect(once).not.toContain(local);
});

test("a synthesis of the reference pipeline takes less than 3 s of a processor", async () => {
  const before = process.cpuUsage();
  await synthText(stage("hhvm", everything("hhvm")));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(3);
});

test("an activity brings its queue, role, launch template, log and alarm with it", async () => {
  const stack = await synthStage(stage("muster", usual("muster")));
  const of = (type: string) => resourcesOf(stack, type).map(([name]) => name);
  expect(of("aws_sfn_activity")).toContain("MakeBinaryPackage_queue");
  expect(of("aws_iam_role")).toContain("MakeBinaryPackage_worker_role");
  expect(of("aws_launch_template")).toContain("MakeBinaryPackage_template");
  expect(of("aws_cloudwatch_log_group")).toContain("MakeBinaryPackage_log");
  expect(of("aws_cloudwatch_metric_alarm")).toContain("alarm_waiting_make_binary_package");
});

test("the state machine names versions of functions, so that a deployment changes nothing for running builds", async () => {
  const stack = await synthStage(stage("muster", usual("muster")));
  const definition = String(stack.resource.aws_sfn_state_machine?.state_machine?.definition);
  expect(definition).toContain("{aws_lambda_function.PrepareActivity.qualified_arn}");
  expect(definition).not.toMatch(/aws_lambda_function\.\w+\.arn\}/);
  expect(definition).not.toContain("_live");
  expect(stack.locals.stage_description).toContain("{aws_launch_template.MakeBinaryPackage_template.latest_version}");
  expect(stack.locals.MakeBinaryPackage_user_data).toMatch(
    /agents\/x86_64\.tar\.gz\?versionId=\$\{[^}]+\}#sha256=[0-9a-f]{64}/,
  );
});

test("a Terraform that knows no lock file is refused before it reads the state", async () => {
  const stack = await synthStage(stage("muster", usual("muster")));
  expect(stack.terraform.required_version).toBe(">= 1.10.0");
});

test("terraform's state is in the stage's bucket, locked by a file, or in a file where it names none", async () => {
  const remote = await synthStage(stage("muster", usual("muster")));
  expect(remote.terraform.backend).toEqual({
    s3: {
      bucket: "terraform-state-111122223333",
      encrypt: true,
      key: "muster/muster.tfstate",
      region: "us-west-2",
      use_lockfile: true,
    },
  });
  const local = await synthStage(stage("muster", bare("muster")));
  expect(local.terraform.backend).toEqual({ local: { path: "../../../terraform.muster.tfstate" } });
});

test("a state in a file outlives cdktf's output, and git leaves it alone", async () => {
  const stack = await synthStage(stage("muster", bare("muster")));
  const outdir = join(repository, "infra/cdktf.out");
  const state = join(outdir, "stacks/muster", String(stack.terraform.backend.local?.path));
  expect(relative(outdir, state)).toBe("../terraform.muster.tfstate");
  const ignored = readFileSync(join(repository, ".gitignore"), "utf8").split("\n");
  expect(ignored).toEqual(expect.arrayContaining(["*.tfstate", "*.tfstate.*"]));
});

test("credentials of another account are refused", async () => {
  const stack = await synthStage(stage("muster", usual("muster")));
  expect(stack.provider.aws?.[0]?.allowed_account_ids).toEqual(["111122223333"]);
});

function findCycle(stack: SynthesisedStack): string[] | undefined {
  const edges = new Map<string, Set<string>>();
  for (const { type, name, from } of references(stack)) {
    const targets = edges.get(from) ?? new Set();
    edges.set(from, targets.add(`${type}.${name}`));
  }
  const done = new Set<string>();
  const visit = (address: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(address)) return [...way, address];
    if (done.has(address)) return undefined;
    for (const next of edges.get(address) ?? []) {
      const cycle = visit(next, [...way, address]);
      if (cycle) return cycle;
    }
    done.add(address);
    return undefined;
  };
  for (const address of edges.keys()) {
    const cycle = visit(address, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const require = createRequire(import.meta.url);
const bindings = join(dirname(require.resolve("@cdktf/provider-aws/package.json")), "lib");

/** Whether the provider's bindings have a getter for it. */
function knownAttribute(type: string, attribute: string): boolean {
  // aws_s3_bucket is in s3-bucket, data.aws_ami in data-aws-ami.
  const folder = type.replace(/^aws_/, "").replaceAll(/[._]/g, "-");
  const declaration = readFileSync(join(bindings, folder, "index.d.ts"), "utf8");
  const camel = attribute.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return attribute === "id" || new RegExp(`^\\s+(get|readonly) ${camel}\\b`, "m").test(declaration);
}
