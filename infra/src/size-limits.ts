import { InvalidConfigurationError } from "@muster/pipeline";
import type { TerraformStack } from "cdktf";
import * as z from "zod";

interface Limit {
  readonly attribute: "policy" | "value" | "definition";
  readonly longest: number;
  /** What it is, by its name in the stack. */
  what(id: string): string;
}

/** What grows with a pipeline and a stage's name, and AWS refuses only when it is applied. */
const LIMITS: Readonly<Record<string, Limit>> = {
  /** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  aws_iam_role_policy: {
    attribute: "policy",
    longest: 10_240,
    what: (id) => `the policy of the role ${id.replace(/_policy$/, "")}`,
  },
  aws_iam_policy: { attribute: "policy", longest: 6144, what: () => "the policy of people who build" },
  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
  aws_s3_bucket_policy: { attribute: "policy", longest: 20_480, what: (id) => `the ${id.replaceAll("_", " ")}` },
  /** @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
  aws_kms_key: { attribute: "policy", longest: 32_768, what: (id) => `the policy of ${id}` },
  /** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
  aws_secretsmanager_secret_policy: { attribute: "policy", longest: 20_480, what: (id) => `the policy of ${id}` },
  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
  aws_sfn_state_machine: { attribute: "definition", longest: 1_048_576, what: () => "the state machine" },
  /** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
  aws_ssm_parameter: { attribute: "value", longest: 8192, what: () => "the parameter that describes the stage" },
};

const Synthesised = z.object({
  locals: z.record(z.string(), z.string()).default({}),
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
});

/** @throws InvalidConfigurationError with one line, for the first thing of a stage that is larger than AWS takes */
export function checkSizes(name: string, stack: TerraformStack): void {
  const { resource, locals } = Synthesised.parse(stack.toTerraform());
  for (const [type, { attribute, longest, what }] of Object.entries(LIMITS)) {
    for (const [id, body] of Object.entries(resource[type] ?? {})) {
      const length = estimatedLength(String(body[attribute]), locals);
      if (length <= longest) continue;
      throw new InvalidConfigurationError(
        `${name}: ${what(id)} has about ${length} characters, and AWS takes ${longest}`,
        { hint: "give the stage a shorter name or fewer zones, or the pipeline fewer activities or less access" },
      );
    }
  }
}

const EXPRESSION = /(?<!\$)\$\{([^}]*)\}/g;

/** Ids of EC2's kind have up to 24 characters, versions fewer. */
const LONGEST_ID = 24;
/** Names of functions and distributions in ARNs have up to 64. */
const LONGEST_ARN = 128;

function estimatedLength(text: string, locals: Readonly<Record<string, string>>): number {
  const known = text.replaceAll(EXPRESSION, (whole, expression: string) =>
    expression.startsWith("local.") ? (locals[expression.slice("local.".length)] ?? whole) : whole,
  );
  return known.replaceAll(EXPRESSION, (_, expression: string) =>
    "x".repeat(/arn$/.test(expression) ? LONGEST_ARN : LONGEST_ID),
  ).length;
}
