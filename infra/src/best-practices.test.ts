import { beforeAll, describe, expect, test } from "vitest";
import { evaluate, ref, resourcesOf } from "../testing/references.ts";
import { everything, stage, usual } from "../testing/sample-stages.ts";
import { type Resource, type SynthesisedStack, synthStage } from "../testing/synth-stage.ts";

/**
 * Rules as checkov (CKV), tfsec and its successor Trivy (AVD), and cfn-lint have them. What is not followed is named here, each with its reason.
 * @see https://github.com/bridgecrewio/checkov/blob/main/docs/5.Policy%20Index/terraform.md
 * @see https://avd.aquasec.com/misconfig/aws/
 * @see https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
 */
const NOT_FOLLOWED: Readonly<Record<string, string>> = {
  "CKV_AWS_145, AVD-AWS-0132 buckets are encrypted with a KMS key":
    "S3's own keys: index pages are recognised by their MD5, which KMS-encrypted objects do not show, and policies already say who reads",
  "CKV_AWS_144 buckets are replicated to another region":
    "what is built can be built again; downloads keep earlier versions",
  "CKV_AWS_18, AVD-AWS-0089 the log bucket logs its own access": "each line would make the next",
  "CKV_AWS_21, AVD-AWS-0090 scratch, state and log buckets keep versions":
    "intermediate objects expire, and earlier versions of state records would keep task tokens readable",
  "CKV2_AWS_62 buckets send notifications of events": "nothing waits for objects; access is logged",
  "CKV_AWS_117 functions run inside the VPC":
    "they call AWS's public endpoints alone, and would need a NAT gateway for it",
  "CKV_AWS_116 functions have a dead-letter queue": "the next health check makes up for an event that is lost",
  "CKV_AWS_115 functions reserve concurrency":
    "it would be taken from an account that may have ten; stages can ask for it",
  "CKV_AWS_173 functions' variables are encrypted with a customer key": "they hold names, no secrets",
  "CKV_AWS_272 functions' code is signed": "the deployment uploads it by digest, and roles are deployed with it",
  "CKV_AWS_338 log groups keep logs for a year at least":
    "as the stage chooses, by default 90 days: a build's outcome is on record for longer, and its log is for whoever repairs it",
  "CKV_AWS_285 the state machine logs execution data":
    "checkov asks for include_execution_data: the data holds task tokens, which let their reader end tasks; all events are logged without it",
  "CKV_AWS_158, AVD-AWS-0017 log groups are encrypted with a customer key":
    "CloudWatch encrypts them; scripts' secrets are masked before",
  "CKV_AWS_337 SSM parameters are encrypted with a customer key": "the stage's description holds names, no secrets",
  "CKV_AWS_149, AVD-AWS-0098 secrets are encrypted with a customer key": "their own policies name the readers",
  "CKV2_AWS_57 secrets rotate by themselves": "SSH keys and registry passwords are changed where they are issued",
  "CKV_AWS_136, AVD-AWS-0033 image repositories are encrypted with a customer key":
    "images hold what is published anyway",
  "CKV_AWS_68, CKV2_AWS_47, AVD-AWS-0011 the distribution has a web application firewall, with a rule for Log4j":
    "static files, no parameters, no cookies, and nothing behind it that logs",
  "CKV_AWS_86, AVD-AWS-0010 the distribution has a logging_config":
    "checkov knows the old logging alone, which needs a bucket with access control lists; its successor logs, see below",
  "CKV_AWS_310 the distribution has a second origin": "one bucket is the one place of the downloads",
  "CKV_AWS_374 the distribution restricts countries": "software is for everyone",
  "CKV_AWS_174, CKV2_AWS_42, AVD-AWS-0013 a distribution without a domain of its own uses TLS 1.2 and its own certificate":
    "there is no certificate without a domain, and with CloudFront's no choice of TLS: what comes by an old one is not served, see edge/viewer-requests.test.ts",
  "CKV_AWS_382, AVD-AWS-0104 security groups have no egress to everywhere":
    "builds fetch sources and packages from anywhere",
  "CKV_AWS_290, CKV_AWS_355 no policy has * as its resource":
    "only where AWS lets an action name none, each with the reason in the code: see permissions.test.ts",
  "CKV_AWS_88 instances have no public address":
    "as the stage chooses: an address without ingress, or a NAT gateway with its cost",
  "CKV_AWS_126 instances have detailed monitoring": "workers live for hours; their agent reports what a task used",
  "CKV_AWS_297 schedules are encrypted with a customer key": "they hold a build's words",
};

test("no rule is set aside without a reason", () => {
  for (const [rule, reason] of Object.entries(NOT_FOLLOWED)) {
    expect(rule).toMatch(/^(CKV2?_AWS_\d+|AVD-AWS-\d{4})(, (CKV2?_AWS_\d+|AVD-AWS-\d{4}))* \w/);
    expect(reason.length, rule).toBeGreaterThan(20);
  }
});

describe.each(["hhvm", "muster"])("the stack of %s", (pipeline) => {
  let stack: SynthesisedStack;
  beforeAll(async () => {
    stack = await synthStage(stage("test", usual(pipeline)));
  });
  const each = (type: string, check: (name: string, resource: Resource) => void) => {
    const found = resourcesOf(stack, type);
    expect(found.length, type).toBeGreaterThan(0);
    for (const [name, resource] of found) check(name, resource);
  };
  const distribution = (): Resource => stack.resource.aws_cloudfront_distribution?.edge ?? {};
  const beside = (bucket: string, suffix: string, type: string) => stack.resource[type]?.[`${bucket}_${suffix}`];

  test("CKV_AWS_53, 54, 55, 56, AVD-AWS-0086, 0087, 0091, 0093: every bucket blocks public access in all four ways", () => {
    each("aws_s3_bucket", (name) => {
      expect(beside(name, "access", "aws_s3_bucket_public_access_block"), name).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
    });
  });
  test("CKV_AWS_19, AVD-AWS-0088: every bucket is encrypted", () => {
    each("aws_s3_bucket", (name) => {
      expect(
        JSON.stringify(beside(name, "encryption", "aws_s3_bucket_server_side_encryption_configuration")),
        name,
      ).toContain('"sse_algorithm":"AES256"');
    });
  });
  test("CKV2_AWS_65, W3045: no bucket has access control lists", () => {
    each("aws_s3_bucket", (name) => {
      expect(JSON.stringify(beside(name, "ownership", "aws_s3_bucket_ownership_controls")), name).toContain(
        "BucketOwnerEnforced",
      );
    });
  });
  test("S3 takes TLS 1.2 alone", () => {
    each("aws_s3_bucket", (name) => {
      const policy = String(beside(name, "policy", "aws_s3_bucket_policy")?.policy);
      expect(policy, name).toContain('"aws:SecureTransport":"false"');
      expect(policy, name).toContain('"s3:TlsVersion":"1.2"');
    });
  });
  test("CKV_AWS_18: every bucket but the log's logs its access", () => {
    each("aws_s3_bucket", (name) => {
      const logged = beside(name, "access_log", "aws_s3_bucket_logging");
      if (name === "logs_bucket") expect(logged).toBeUndefined();
      else expect(logged?.target_bucket, name).toBe(ref("aws_s3_bucket.logs_bucket.id"));
    });
  });
  test("CKV_AWS_300: every bucket drops unfinished uploads", () => {
    each("aws_s3_bucket", (name) => {
      expect(JSON.stringify(beside(name, "lifecycle", "aws_s3_bucket_lifecycle_configuration")), name).toContain(
        "abort_incomplete_multipart_upload",
      );
    });
  });
  test("CKV_AWS_21: downloads and assets keep what is replaced", () => {
    for (const role of ["downloads", "assets"])
      expect(JSON.stringify(beside(`${role}_bucket`, "versioning", "aws_s3_bucket_versioning")), role).toContain(
        "Enabled",
      );
  });
  test("downloads and records are refused to any plan that would destroy them", () => {
    for (const role of ["downloads", "state"])
      expect(stack.resource.aws_s3_bucket?.[`${role}_bucket`]?.lifecycle, role).toEqual({ prevent_destroy: true });
  });

  test("CKV_AWS_79, CKV_AWS_341, AVD-AWS-0130: every launch template demands IMDSv2, one hop away", () => {
    each("aws_launch_template", (name, { metadata_options }) => {
      expect(metadata_options, name).toMatchObject({ http_tokens: "required", http_put_response_hop_limit: 1 });
    });
  });
  test("AVD-AWS-0008: every volume is encrypted and ends with its machine", () => {
    each("aws_launch_template", (name, { block_device_mappings }) => {
      expect(JSON.stringify(block_device_mappings), name).toContain('"encrypted":"true"');
      expect(JSON.stringify(block_device_mappings), name).toContain('"delete_on_termination":"true"');
    });
  });
  test("no machine has an SSH key, and each is gone once it is shut down", () => {
    each("aws_launch_template", (name, template) => {
      expect(template, name).not.toHaveProperty("key_name");
      expect(template.instance_initiated_shutdown_behavior, name).toBe("terminate");
    });
  });
  test("CKV_AWS_46: no user data holds a credential", () => {
    for (const [name, value] of Object.entries(stack.locals))
      expect(evaluate(value, stack), name).not.toMatch(/AKIA[0-9A-Z]{16}|aws_secret_access_key|-----BEGIN/i);
  });
  test("CKV_AWS_24, CKV_AWS_260: nothing comes in from anywhere", () => {
    expect(stack.resource).not.toHaveProperty("aws_vpc_security_group_ingress_rule");
    each("aws_security_group", (name, group) => expect(group, name).not.toHaveProperty("ingress"));
  });
  test("CKV2_AWS_5: the workers' security group is that of their machines", () => {
    each("aws_launch_template", (name, { network_interfaces }) => {
      expect((network_interfaces as Resource[])[0]?.security_groups, name).toEqual([
        ref("aws_security_group.workers.id"),
      ]);
    });
  });
  test("CKV_AWS_23, AVD-AWS-0099, AVD-AWS-0124: security groups and their rules say what they are for", () => {
    each("aws_security_group", (name, { description }) => expect(description, name).toBeTruthy());
    each("aws_vpc_security_group_egress_rule", (name, { description }) => expect(description, name).toBeTruthy());
  });
  test("CKV2_AWS_12, CKV2_AWS_11, CKV_AWS_130, AVD-AWS-0178, AVD-AWS-0164: the VPC's default group is closed, its flow is logged, no subnet hands out addresses", () => {
    expect(stack.resource.aws_default_security_group?.vpc_default_group).toMatchObject({ ingress: [], egress: [] });
    expect(stack.resource.aws_flow_log?.flow_log?.vpc_id).toBe(ref("aws_vpc.vpc.id"));
    each("aws_subnet", (name, { map_public_ip_on_launch }) => expect(map_public_ip_on_launch, name).toBe(false));
  });

  test("CKV_AWS_50, CKV_AWS_363, AVD-AWS-0066, E2531: every function is traced and runs on a supported runtime, on arm64", () => {
    each("aws_lambda_function", (name, lambda) => {
      expect(lambda, name).toMatchObject({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        publish: true,
        tracing_config: { mode: "Active" },
      });
    });
  });
  test("every function has a role of its own", () => {
    const roles = resourcesOf(stack, "aws_lambda_function").map(([, { role }]) => role);
    expect(new Set(roles).size).toBe(roles.length);
  });
  test("CKV_AWS_66: every log group has a retention", () => {
    each("aws_cloudwatch_log_group", (name, { retention_in_days }) => expect(retention_in_days, name).toBe(90));
  });
  test("CKV_AWS_284: the state machine is traced, and logged without the data that holds tokens", () => {
    expect(stack.resource.aws_sfn_state_machine?.state_machine).toMatchObject({
      logging_configuration: { level: "ALL", include_execution_data: false },
      tracing_configuration: { enabled: true },
    });
  });
  test("CKV_AWS_301, CKV_AWS_364, AVD-AWS-0067: functions may be called by the rule that names them alone", () => {
    each("aws_lambda_permission", (name, { source_arn, principal }) => {
      expect(principal, name).toBe("events.amazonaws.com");
      expect(source_arn, name).toMatch(/^\$\{aws_cloudwatch_event_rule\./);
    });
  });
  test("CKV_AWS_60, CKV_AWS_61: roles are taken by services alone, each held to this account where it acts for all", () => {
    each("aws_iam_role", (name, { assume_role_policy }) => {
      const [statement] = JSON.parse(String(assume_role_policy)).Statement;
      expect(Object.keys(statement.Principal), name).toEqual(["Service"]);
      if (/states|scheduler|vpc-flow-logs/.test(statement.Principal.Service))
        expect(statement.Condition, name).toEqual({ StringEquals: { "aws:SourceAccount": "111122223333" } });
    });
  });
  test("W2511: every policy is of the language's present version", () => {
    for (const type of [
      "aws_iam_role_policy",
      "aws_iam_policy",
      "aws_s3_bucket_policy",
      "aws_kms_key",
      "aws_sns_topic_policy",
    ])
      each(type, (name, { policy }) => expect(JSON.parse(String(policy)).Version, name).toBe("2012-10-17"));
  });
  test("CKV_AWS_7, CKV_AWS_33, CKV2_AWS_64, AVD-AWS-0065: keys rotate, and their policies let no one in by a wildcard", () => {
    each("aws_kms_key", (name, { enable_key_rotation, policy }) => {
      expect(enable_key_rotation, name).toBe(true);
      const principals = JSON.parse(String(policy)).Statement.flatMap(
        ({ Principal }: { Principal: unknown }) => Principal,
      );
      expect(principals.length, name).toBeGreaterThan(0);
      expect(JSON.stringify(principals), name).not.toContain('"*"');
    });
  });
  test("CKV_AWS_26, AVD-AWS-0095, AVD-AWS-0136: alarms, and what else topics tell, are encrypted on their way", () => {
    each("aws_sns_topic", (name, { kms_master_key_id }) =>
      expect(kms_master_key_id, name).toBe(
        name.startsWith("told_") ? "alias/aws/sns" : ref("aws_kms_key.alarm_key.arn"),
      ),
    );
  });

  test("CKV_AWS_34, CKV2_AWS_32, CKV_AWS_216, CKV_AWS_305, AVD-AWS-0012: the edge speaks HTTPS with security headers and a default page", () => {
    const edge = distribution();
    expect(edge.enabled).toBe(true);
    const behaviours = [edge.default_cache_behavior, ...(edge.ordered_cache_behavior as Resource[])] as Resource[];
    for (const behaviour of behaviours) {
      expect(behaviour.viewer_protocol_policy).toBe("redirect-to-https");
      expect(behaviour.response_headers_policy_id).toBe(ref("aws_cloudfront_response_headers_policy.edge_headers.id"));
    }
    expect(edge.default_root_object).toBe("index.html");
  });
  test("what the edge serves is logged", () => {
    expect(stack.resource.aws_cloudwatch_log_delivery_source?.edge_log_source?.log_type).toBe("ACCESS_LOGS");
  });
  test("CKV2_AWS_46: the edge reads its bucket with origin access control", () => {
    const [origin] = distribution().origin as Resource[];
    expect(origin?.origin_access_control_id).toBe(ref("aws_cloudfront_origin_access_control.edge_access.id"));
  });
  test("the edge forgets repository metadata and index pages within a minute", () => {
    expect(stack.resource.aws_cloudfront_cache_policy?.cache_metadata).toMatchObject({ max_ttl: 60 });
    const behaviours = distribution().ordered_cache_behavior as Resource[];
    const quick = behaviours.filter(
      ({ cache_policy_id }) => cache_policy_id === ref("aws_cloudfront_cache_policy.cache_metadata.id"),
    );
    const patterns = quick.map(({ path_pattern }) => path_pattern);
    expect(patterns).toEqual(expect.arrayContaining(["*index.html", "/debian/dists/*", "/ubuntu/dists/*"]));
  });
});

test("CKV_AWS_174, CKV2_AWS_42, AVD-AWS-0013: a domain of the stage's own brings TLS 1.2", async () => {
  const stack = await synthStage(stage("test", everything("hhvm")));
  expect(stack.resource.aws_cloudfront_distribution?.edge?.viewer_certificate).toMatchObject({
    minimum_protocol_version: "TLSv1.2_2021",
  });
});

test("CKV_AWS_51, CKV_AWS_163, AVD-AWS-0030, AVD-AWS-0031: images are scanned and never overwritten", async () => {
  const stack = await synthStage(stage("test", usual("hhvm")));
  const repositories = resourcesOf(stack, "aws_ecr_repository");
  expect(repositories.length).toBeGreaterThan(0);
  for (const [name, repository] of repositories)
    expect(repository, name).toMatchObject({
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: true },
    });
});
