import { expect, test } from "vitest";
import { Plan, summarisePlan } from "./summarise-plan.ts";

const at = { stage: "prod", commit: "0123456789abcdef0123" };
const change = (address: string, actions: string[], more: object = {}) => ({
  address,
  type: address.split(".")[0],
  change: { actions, before: null, after: null, ...more },
});
const summary = (...changes: object[]) => summarisePlan(Plan.parse({ resource_changes: changes }), at);

test("what is destroyed or replaced comes first, with what it holds and why it is", () => {
  const text = summary(
    change("aws_iam_role.new", ["create"]),
    change("aws_s3_bucket.downloads", ["delete"]),
    change("aws_launch_template.a", ["delete", "create"], { replace_paths: [["name"]] }),
    change("aws_lambda_function.a", ["update"], { before: { timeout: 5 }, after: { timeout: 6 } }),
  );
  expect(text).toContain("**1 destroyed, 1 replaced**, 1 created, 1 changed");
  const order = [
    "aws_s3_bucket.downloads` ⚠️",
    "aws_launch_template.a`, because of `name`",
    "aws_iam_role.new",
    "aws_lambda_function.a`: `timeout`",
  ];
  expect(order.map((part) => text.indexOf(part))).toEqual(
    [...order.map((part) => text.indexOf(part))].sort((a, b) => a - b),
  );
  expect(order.every((part) => text.includes(part))).toBe(true);
});

test("a create-before-destroy counts as a replacement", () => {
  expect(summary(change("aws_x.a", ["create", "delete"]))).toContain("1 replaced");
});

test("attributes that differ are named, and no value is shown", () => {
  const text = summary(
    change("aws_x.a", ["update"], {
      before: { same: 1, secret: "old-token", gone: true },
      after: { same: 1, secret: "new-token", version: null },
      after_unknown: { version: true },
    }),
  );
  expect(text).toContain("`aws_x.a`: `gone`, `secret`, `version`");
  expect(text).not.toMatch(/token"|old-token|new-token/);
});

test("a plan that changes nothing says so; reads do not count", () => {
  expect(summary(change("data.aws_ami.a", ["read"]), change("aws_x.a", ["no-op"]))).toContain("Nothing changes.");
});

test("a plan that changes outputs alone names them, since it is not empty", () => {
  const plan = Plan.parse({ output_changes: { downloads_url: { actions: ["update"] }, same: { actions: ["no-op"] } } });
  const text = summarisePlan(plan, at);
  expect(text).toContain("Outputs change: `downloads_url`\n");
  expect(text).not.toContain("Nothing changes");
});

test("a summary of a thousand changes fits into GitHub's comment", () => {
  const many = Array.from({ length: 2000 }, (_, index) =>
    change(`aws_something_rather_long.with_number_${index}`, ["create"]),
  );
  const text = summary(...many);
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/… and \d+ more lines/);
});

test("the comment of each stage is found by its own marker", () => {
  expect(summary().startsWith("<!-- muster plan of prod -->\n")).toBe(true);
});

test("a role's permissions stand below it, created or changed", () => {
  const policy = (...Action: string[]) => JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "arn:r" } });
  const text = summary(
    change("aws_iam_role_policy.new", ["create"], { after: { policy: policy("s3:GetObject") } }),
    change("aws_iam_role_policy.old", ["update"], {
      before: { policy: policy("s3:GetObject") },
      after: { policy: policy("s3:PutObject") },
    }),
    change("aws_iam_role_policy.unknown", ["create"], { after: {}, after_unknown: { policy: true } }),
    change("aws_ecr_lifecycle_policy.a", ["create"], { after: { policy: JSON.stringify({ rules: [] }) } }),
  );
  expect(text).toContain("- `aws_iam_role_policy.new`\n  - added: Allow `s3:GetObject`\n");
  expect(text).toContain(
    "- `aws_iam_role_policy.old`: `policy`\n  - removed: Allow `s3:GetObject`\n  - added: Allow `s3:PutObject`\n",
  );
  expect(text).toContain(
    "- `aws_iam_role_policy.unknown`\n  - `policy`: all of it will be known only when it is applied\n",
  );
  expect(text).toContain("- `aws_ecr_lifecycle_policy.a`\n\n");
  expect(text).toContain("Created (3)");
});

test("of a policy that a plan does not know yet, the stack tells the actions", () => {
  const policy = (...Action: string[]) => JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "arn:r" } });
  const plan = Plan.parse({
    resource_changes: [
      change("aws_iam_role_policy.a", ["update"], {
        before: { policy: policy("s3:GetObject") },
        after: {},
        after_unknown: { policy: true },
      }),
    ],
  });
  const written = (address: string, attribute: string) =>
    address === "aws_iam_role_policy.a" && attribute === "policy" ? policy("s3:GetObject", "iam:PassRole") : undefined;
  expect(summarisePlan(plan, { ...at, written })).toContain(
    "  - added: Allow `iam:PassRole`\n  - `policy`: its resources will be known only when it is applied\n",
  );
});

test("plans that differ only in a value have different digests, and plans of two commits with the same changes the same", () => {
  const digest = (timeout: number, commit: string) =>
    /Digest of all values: ([0-9a-f]{32})/.exec(
      summarisePlan(Plan.parse({ resource_changes: [change("aws_x.a", ["update"], { after: { timeout } })] }), {
        stage: "prod",
        commit,
      }),
    )?.[1];
  expect(digest(5, "a")).toMatch(/^[0-9a-f]{32}$/);
  expect(digest(5, "a")).toBe(digest(5, "b"));
  expect(digest(5, "a")).not.toBe(digest(6, "a"));
});

const check = (status: string, ...messages: string[]) => ({
  address: { kind: "check", name: "zones", to_display: "check.zones" },
  status,
  instances: [{ address: {}, status, problems: messages.map((message) => ({ message })) }],
});

test("what Terraform's checks warn of stands before all changes, also of a plan that changes nothing", () => {
  const warning = "The stage prod has no subnet in us-west-2d";
  const checks = [check("fail", warning), check("pass"), { address: {}, status: "unknown" }];
  const changing = Plan.parse({ checks, resource_changes: [change("aws_s3_bucket.downloads", ["delete"])] });
  const idle = Plan.parse({ checks });
  for (const plan of [changing, idle]) {
    const text = summarisePlan(plan, at);
    expect(text).toContain(`> ⚠️ ${warning}\n`);
    expect(text.match(/⚠️ The stage/g)).toHaveLength(1);
  }
  const text = summarisePlan(changing, at);
  expect(text.indexOf(warning)).toBeLessThan(text.indexOf("1 destroyed"));
  expect(summarisePlan(idle, at)).toContain("Nothing changes.");
});

test("a check that fails without a message is named", () => {
  expect(summarisePlan(Plan.parse({ checks: [check("error")] }), at)).toContain("> ⚠️ check.zones");
});
