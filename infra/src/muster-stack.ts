import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { type Pipeline, scriptFile } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { LocalBackend, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { BuiltParts } from "./built-parts.ts";
import { createImageRepositories } from "./compute/image-repositories.ts";
import { imageParameters } from "./compute/worker-image.ts";
import { createWorkers } from "./compute/workers.ts";
import { createAccessLog, edgeLogWriters } from "./edge/access-log.ts";
import { createEdge } from "./edge/distribution.ts";
import { downloadsReaders } from "./edge/downloads-readers.ts";
import { createApproverPolicy } from "./iam/approver-policy.ts";
import { createOperatorPolicy } from "./iam/operator-policy.ts";
import { createNetwork } from "./network/network.ts";
import { createTopics } from "./notifications/topics.ts";
import { createAlarms } from "./observability/alarms.ts";
import { createBudget } from "./observability/budget.ts";
import { createDashboard } from "./observability/dashboard.ts";
import { createMetrics } from "./observability/metrics.ts";
import { createEvents } from "./orchestration/events.ts";
import { createFunctions } from "./orchestration/functions.ts";
import { createSchedules } from "./orchestration/schedules.ts";
import { createStateMachine } from "./orchestration/state-machine.ts";
import { encryptionKeyPolicy } from "./secrets/encryption-key.ts";
import { createSecrets } from "./secrets/secrets.ts";
import { createStageParameter, describeStage } from "./stage-parameter.ts";
import { ownsBucket, resourceNames, type StageScope } from "./stage-scope.ts";
import type { Stage } from "./stage-settings.ts";
import { createAssets } from "./storage/assets.ts";
import { createStorage } from "./storage/storage.ts";

export interface MusterStackOptions {
  readonly stage: Stage;
  readonly pipeline: Pipeline;
  /** The pipeline's folder, where its scripts lie. */
  readonly pipelineFolder: string;
  readonly parts: BuiltParts;
}

/** One stage on AWS: all that a pipeline needs there, and nothing else. */
export function createMusterStack(
  app: Construct,
  { stage, pipeline, pipelineFolder, parts }: MusterStackOptions,
): TerraformStack {
  const stack = new TerraformStack(app, stage.name);
  const scope: StageScope = { stack, stage, pipeline, names: resourceNames(stage, pipeline) };
  configureTerraform(scope);

  const network = createNetwork(scope);
  const edge = stage.edge === null ? undefined : createEdge(scope, stage.edge);
  const readers = edge ? downloadsReaders(scope, edge.distribution) : [];
  const storage = createStorage(scope, { downloadsReaders: readers, logWriters: edgeLogWriters(scope) });
  if (edge) createAccessLog(scope, { distribution: edge.distribution, logs: storage.logs });
  const assets = createAssets(scope, storage.assets);
  createImageRepositories(scope);

  const workers = createWorkers(scope, {
    network,
    assets,
    parts,
    scriptFile: (path) => scriptFile(pipelineFolder, path),
  });
  const description = describeStage(scope, { workers, network, edge });
  const functions = createFunctions(scope, {
    parts,
    description,
    targets: {
      subnetIds: network.subnets.map(({ id }) => id),
      securityGroupId: network.securityGroupId,
      imageParameters: imageParameters(pipeline),
      distributionArn: edge?.distribution.arn,
    },
  });
  createSecrets(scope, {
    workers: new Map(workers.map(({ activity, roleArn }) => [activity, roleArn])),
    notifier: functions.Notify.roleArn,
  });
  createTopics(scope);
  const machine = createStateMachine(scope, functions, workers);
  createEvents(scope, functions);
  createSchedules(scope, { reap: functions.Reap, machine });

  createMetrics(scope, functions);
  createDashboard(scope);
  if (stage.alarms) createAlarms(scope, stage.alarms);
  if (stage.budget) createBudget(scope, stage.budget);

  const parameter = createStageParameter(scope, description);
  const approver = createApproverPolicy(scope);
  const operator = createOperatorPolicy(scope);
  const output = (name: string, value: string, text: string) =>
    new TerraformOutput(stack, name, { value, description: text });
  output("stage_parameter_name", parameter.name, "Read by muster --stage");
  output("state_machine_arn", machine.stateMachine.arn, "Runs builds");
  output("downloads_url", edge?.url ?? `s3://${scope.names.bucket("downloads")}`, "Where users download");
  output("operator_policy_arn", operator.arn, "For the roles of people who build");
  output("approver_policy_arn", approver.arn, "For the roles of people who approve, beside the other");
  if (edge && !ownsBucket(scope, "downloads")) {
    output(
      "downloads_bucket_statements",
      JSON.stringify(readers),
      "To be added to the policy of the downloads' bucket by its owner",
    );
  }
  if (stage.encryptionKey !== undefined) {
    output(
      "encryption_key_statements",
      JSON.stringify(encryptionKeyPolicy(scope, edge?.distribution)),
      "To be added to the policy of the stage's encryption key by its owner",
    );
  }
  return stack;
}

/** The first Terraform that locks a state in S3 by a file beside it. @see https://developer.hashicorp.com/terraform/language/backend/s3 */
const TERRAFORM_VERSION = ">= 1.10.0";

function configureTerraform({ stack, stage, pipeline }: StageScope): void {
  stack.addOverride("terraform.required_version", TERRAFORM_VERSION);
  new AwsProvider(stack, "aws", {
    region: stage.region,
    // Whatever credentials are at hand: another account's are refused before anything is read.
    allowedAccountIds: [stage.account],
    defaultTags: [{ tags: { [WorkerTag.stage]: stage.name, [WorkerTag.pipeline]: pipeline.name, ...stage.tags } }],
  });
  const { state } = stage;
  if (state === undefined) {
    // Beside cdktf's output and not in it: what it holds of a stage that is no longer named, cdktf removes. Terraform runs in `<output>/stacks/<stage>`.
    new LocalBackend(stack, { path: `../../../terraform.${stage.name}.tfstate` });
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    key: state.key ?? `muster/${stage.name}.tfstate`,
    region: state.region ?? stage.region,
    encrypt: true,
  });
  // A file beside the state, in place of a DynamoDB table. cdktf 0.21 does not know the option.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}
