import { beforeAll, describe, expect, test } from "vitest";
import { resourcesOf } from "../testing/references.ts";
import { stage, usual } from "../testing/sample-stages.ts";
import { type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

/** Where a resource's name stands, for what an account has once a region. */
const NAMED: readonly (readonly [type: string, attribute: string])[] = [
  ["aws_budgets_budget", "name"],
  ["aws_cloudfront_cache_policy", "name"],
  ["aws_cloudfront_function", "name"],
  ["aws_cloudfront_origin_access_control", "name"],
  ["aws_cloudfront_origin_request_policy", "name"],
  ["aws_cloudfront_response_headers_policy", "name"],
  ["aws_cloudwatch_dashboard", "dashboard_name"],
  ["aws_cloudwatch_event_rule", "name"],
  ["aws_cloudwatch_log_delivery_destination", "name"],
  ["aws_cloudwatch_log_delivery_source", "name"],
  ["aws_cloudwatch_log_group", "name"],
  ["aws_cloudwatch_metric_alarm", "alarm_name"],
  ["aws_ecr_repository", "name"],
  ["aws_iam_policy", "name"],
  ["aws_iam_role", "name"],
  ["aws_kms_alias", "name"],
  ["aws_lambda_function", "function_name"],
  ["aws_launch_template", "name"],
  ["aws_s3_bucket", "bucket"],
  ["aws_scheduler_schedule_group", "name"],
  ["aws_secretsmanager_secret", "name"],
  ["aws_sfn_activity", "name"],
  ["aws_sfn_state_machine", "name"],
  ["aws_sns_topic", "name"],
  ["aws_ssm_parameter", "name"],
];

const namesOf = (stack: SynthesisedStack): string[] =>
  NAMED.flatMap(([type, attribute]) => resourcesOf(stack, type).map(([, body]) => `${type} ${body[attribute]}`));

/** Some of the names that hhvm's definition chooses, as they are on a stage. */
const definedNames = (prefix: string): string[] => [
  `aws_ecr_repository ${prefix}hhvm-failed-builds`,
  `aws_kms_alias alias/${prefix}hhvm-signing-key`,
  `aws_secretsmanager_secret ${prefix}hhvm/docker-hub`,
];

const definition = { ...usual("hhvm"), budget: { monthlyUsd: 100, emails: ["releases@example.org"] } };

describe("two stages of one pipeline in one account and region", () => {
  let hhvm: SynthesisedStack;
  let canary: SynthesisedStack;
  beforeAll(async () => {
    hhvm = await synthStage(stage("hhvm", definition));
    canary = await synthStage(stage("canary", definition));
  });

  test("share no name", () => {
    for (const [type] of NAMED) expect(resourcesOf(hhvm, type).length, type).toBeGreaterThan(0);
    const taken = new Set(namesOf(hhvm));
    expect(namesOf(canary).filter((name) => taken.has(name))).toEqual([]);
  });

  test("leave the definition's names to the stage that bears the pipeline's own", () => {
    expect(namesOf(hhvm)).toEqual(expect.arrayContaining(definedNames("")));
    expect(hhvm.locals.PublishDockerImages_user_data).not.toContain("_PREFIX=");
  });

  test("tell their scripts what comes before the definition's names", () => {
    expect(namesOf(canary)).toEqual(expect.arrayContaining(definedNames("canary-")));
    for (const name of ["SECRET_PREFIX", "IMAGE_PREFIX"])
      expect(canary.locals.PublishDockerImages_user_data).toMatch(new RegExp(`^export ${name}='?canary-'?$`, "m"));
  });
});

test("a stage whose secrets are managed elsewhere takes them as the definition names them", async () => {
  const stack = await synthStage(stage("canary", { ...definition, secrets: "existing" }));
  const policy = String(stack.resource.aws_iam_role_policy?.PublishDockerImages_worker_policy?.policy);
  expect(policy).toContain(":secret:hhvm/docker-hub-??????");
  expect(stack.locals.PublishDockerImages_user_data).not.toContain("SECRET_PREFIX");
  expect(stack.locals.PublishDockerImages_user_data).toContain("IMAGE_PREFIX");
});
