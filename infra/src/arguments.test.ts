import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Block, broken, combinations } from "../testing/arguments/combinations.ts";
import { edgeRules } from "../testing/arguments/edge.ts";
import { functionRules } from "../testing/arguments/functions.ts";
import { networkRules } from "../testing/arguments/network.ts";
import { observabilityRules } from "../testing/arguments/observability.ts";
import type { Rules } from "../testing/arguments/rules.ts";
import { bare, everything, stage, usual } from "../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

const rules: Readonly<Record<string, Rules>> = {
  ...networkRules,
  ...edgeRules,
  ...functionRules,
  ...observabilityRules,
};

interface Argument {
  readonly type: string;
  readonly path: string;
  readonly value: unknown;
}

/** Terraform's own words, and tags, which the settings check. */
const META = /^(\/\/|depends_on|lifecycle|tags|tag_specifications\.tags|environment\.variables)$/;
/** Maps whose keys are data. */
const MAPS = /(^|\.)dimensions$/;
const REFERENCE = /^\$\{[^}]+\}$/;

function* argumentsOf(type: string, path: string, value: unknown): Generator<Argument> {
  if (META.test(path)) return;
  const isBlock = typeof value === "object" && value !== null && !Array.isArray(value) && !MAPS.test(path);
  if (isBlock)
    for (const [key, item] of Object.entries(value))
      yield* argumentsOf(type, path === "" ? key : `${path}.${key}`, item);
  else if (Array.isArray(value) && value.some((item) => typeof item === "object"))
    for (const item of value) yield* argumentsOf(type, path, item);
  else yield { type, path, value };
}

const ofStack = ({ resource, data = {} }: SynthesisedStack): Argument[] => [
  ...Object.entries(resource).flatMap(([type, group]) =>
    Object.values(group).flatMap((body) => [...argumentsOf(type, "", body)]),
  ),
  ...Object.entries(data).flatMap(([type, group]) =>
    Object.values(group).flatMap((body) => [...argumentsOf(`data.${type}`, "", body)]),
  ),
];

/** Types are Terraform's affair, and references have a test of their own. */
const isLiteral = ({ value }: Argument): boolean => {
  const items = [value].flat();
  const isReference = items.length > 0 && items.every((item) => typeof item === "string" && REFERENCE.test(item));
  return typeof value !== "boolean" && !isReference;
};

let all: Argument[];
let resources: { type: string; body: Block }[];
beforeAll(async () => {
  const longest = "abcdefghij-abcdefghij-abcdefgh";
  const made = [
    stage("test", everything("hhvm")),
    stage("test", bare("hhvm")),
    stage(longest, everything("hhvm")),
    stage(longest, usual("muster")),
  ];
  const stacks = await Promise.all(made.map((each) => synthStage(each)));
  all = stacks.flatMap(ofStack);
  resources = stacks.flatMap(({ resource }) =>
    Object.entries(resource).flatMap(([type, group]) => Object.values(group).map((body) => ({ type, body }))),
  );
});

test("every argument of every resource has a rule of AWS's or of the provider's, and keeps to it", () => {
  const literal = all.filter(isLiteral);
  const unknown = literal.filter(({ type, path }) => rules[type]?.[path] === undefined);
  expect([...new Set(unknown.map(({ type, path }) => `${type}.${path}`))]).toEqual([]);
  const wrong = literal.filter(({ type, path, value }) => rules[type]?.[path]?.(value) !== true);
  expect(wrong.map(({ type, path, value }) => `${type}.${path} = ${JSON.stringify(value)}`)).toEqual([]);
});

test.each<[type: string, path: string, value: unknown]>([
  ["aws_lambda_function", "timeout", 901],
  ["aws_lambda_function", "function_name", "a".repeat(65)],
  ["aws_scheduler_schedule", "description", "a".repeat(513)],
  ["aws_security_group", "name", "sg-workers"],
  ["aws_security_group", "description", "Workers; call out: “nothing” comes in"],
  ["aws_vpc", "cidr_block", "10.80.0.1/20"],
  ["aws_cloudwatch_metric_alarm", "period", 45],
  ["aws_cloudwatch_log_group", "retention_in_days", 31],
  ["aws_sfn_state_machine", "logging_configuration.log_destination", "arn:aws:logs:us-west-2:111122223333:log-group:a"],
  ["aws_cloudfront_distribution", "origin.domain_name", "dl.example.org.s3.us-west-2.amazonaws.com"],
  ["aws_cloudwatch_log_delivery_source", "region", "eu-west-1"],
  ["aws_budgets_budget", "cost_filter.values", ["muster:stage$prod"]],
])("%s.%s cannot be %j", (type, path, value) => {
  expect(rules[type]?.[path]?.(value)).toBe(false);
});

test("what goes together only in some ways does so in every resource", () => {
  expect([...new Set(resources.flatMap(({ type, body }) => broken(type, body)))]).toEqual([]);
  const types = new Set(resources.map(({ type }) => type));
  expect(Object.keys(combinations).filter((type) => !types.has(type))).toEqual([]);
});

const alarm = { metric_name: "Errors", statistic: "Sum", threshold: 0, evaluation_periods: 1, period: 300 };
const cached = {
  allowed_methods: ["GET"],
  cached_methods: ["GET"],
  cache_policy_id: "a",
  target_origin_id: "downloads",
};
const edge = { default_cache_behavior: cached, origin: [{ origin_id: "downloads" }] };
const notified = { limit_amount: "1.00", notification: [{ subscriber_email_addresses: ["a@example.org"] }] };
test.each<[type: string, breaks: string, right: Block, wrong: Block]>([
  ["aws_iam_role", "at most one of name, name_prefix", { name: "a" }, { name_prefix: "a" }],
  ["aws_cloudwatch_metric_alarm", "no more points than periods", alarm, { datapoints_to_alarm: 2 }],
  ["aws_cloudwatch_metric_alarm", "looks back a day at most", alarm, { evaluation_periods: 289 }],
  ["aws_cloudwatch_metric_alarm", "exactly one of statistic", alarm, { extended_statistic: "p90" }],
  ["aws_cloudfront_distribution", "names of one's own need a certificate", edge, { aliases: ["dl.example.org"] }],
  ["aws_cloudfront_distribution", "behaviors name origins", edge, { origin: [] }],
  ["aws_cloudfront_cache_policy", "the least time", { default_ttl: 1, max_ttl: 1 }, { min_ttl: 2 }],
  ["aws_budgets_budget", "at least one of subscriber_email", notified, { notification: [{ threshold: 100 }] }],
  [
    "aws_cloudwatch_event_target",
    "the template names paths that there are",
    { input_transformer: { input_paths: { build: "$.detail.name" }, input_template: '"<build>"' } },
    { input_transformer: { input_paths: { build: "$.detail.name" }, input_template: '"<biuld>"' } },
  ],
  [
    "aws_s3_bucket_lifecycle_configuration",
    "exactly one of date, days, expired_object_delete_marker",
    { rule: [{ id: "a", filter: [{ prefix: "" }], expiration: [{ days: 1 }] }] },
    { rule: [{ id: "a", filter: [{ prefix: "" }], expiration: [{ days: 1, expired_object_delete_marker: true }] }] },
  ],
  [
    "aws_lambda_function",
    "an archive says what runs it",
    { filename: "a.zip", handler: "a", runtime: "b" },
    { handler: null },
  ],
  ["aws_flow_log", "by a role", { vpc_id: "a", iam_role_arn: "b" }, { log_destination_type: "s3" }],
])("of %s is broken: %s", (type, says, right, change) => {
  expect(broken(type, right)).toEqual([]);
  expect(broken(type, { ...right, ...change })).toContainEqual(expect.stringContaining(says));
});

test("no rule is for an argument that no stage has", () => {
  const known = new Set(all.filter(isLiteral).map(({ type, path }) => `${type}.${path}`));
  const types = new Set(all.map(({ type }) => type));
  const idle = Object.entries(rules).flatMap(([type, of]) => [
    ...(types.has(type) ? [] : [type]),
    ...Object.keys(of).flatMap((path) => (known.has(`${type}.${path}`) ? [] : [`${type}.${path}`])),
  ]);
  expect(idle).toEqual([]);
});

test("the page has every type of resource in its table, once", () => {
  const page = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const [, section = ""] = page.split("## Every argument checked\n");
  const [table = ""] = section.split("\n## ");
  const named = [...table.matchAll(/`((?:data\.)?aws_\w+)`/g)].map(([, type]) => type);
  expect(named.sort()).toEqual([...new Set(all.map(({ type }) => type))].sort());
});
