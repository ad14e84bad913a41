import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { type FunctionName, functionNames, functionSeconds } from "@muster/pipeline";
import { AssetType, Fn, TerraformAsset, type TerraformLocal } from "cdktf";
import type { BuiltParts } from "../built-parts.ts";
import { createRole } from "../iam/role.ts";
import type { StageScope } from "../stage-scope.ts";
import { zipFolder } from "../storage/zip-folder.ts";
import { type FunctionTargets, functionStatements } from "./function-permissions.ts";

export interface StageFunction {
  readonly name: FunctionName;
  readonly lambda: LambdaFunction;
  readonly roleArn: string;
  readonly logGroup: CloudwatchLogGroup;
  /** `live`: what schedules, events and people call. The state machine names versions instead. */
  readonly alias: LambdaAlias;
}

export interface FunctionOptions {
  readonly parts: BuiltParts;
  /** The stage's description as JSON. */
  readonly description: TerraformLocal;
  readonly targets: FunctionTargets;
}

const RUNTIME = "nodejs24.x";

/** Where a function differs from the rule. */
const SIZES: Partial<Record<FunctionName, number>> = {
  PrepareActivity: 1024,
  HealthCheck: 1024,
  KeepPage: 1024,
  Repair: 1024,
  Reap: 1024,
  UpdateIndices: 2048,
};
const MEMORY_MB = 512;

/** Every function of the stage: a version for each deployment, one role each, a log of its own. */
export function createFunctions(scope: StageScope, options: FunctionOptions): Record<FunctionName, StageFunction> {
  const made = functionNames.map((name) => [name, createFunction(scope, name, options)] as const);
  return Object.fromEntries(made) as Record<FunctionName, StageFunction>;
}

function createFunction(
  scope: StageScope,
  name: FunctionName,
  { parts, description, targets }: FunctionOptions,
): StageFunction {
  const { stack, stage, names } = scope;
  const functionName = names.lambda(name);
  const logGroup = new CloudwatchLogGroup(stack, `${name}_log`, {
    name: `/aws/lambda/${functionName}`,
    retentionInDays: stage.retention.logDays,
  });
  const { role } = createRole(scope, name, {
    name: functionName,
    description: `Lambda function ${name}`,
    service: "lambda.amazonaws.com",
    statements: functionStatements(name, scope, targets),
  });
  const { file, digest } = zipFolder(parts.functionFolder(name));
  const code = new TerraformAsset(stack, `${name}_code`, {
    path: file,
    type: AssetType.FILE,
    assetHash: digest.slice(0, 32),
  });
  const reserved = stage.reservedConcurrency[name];
  const lambda = new LambdaFunction(stack, name, {
    functionName,
    description: `Muster ${stage.name}: ${name}`,
    role: role.arn,
    runtime: RUNTIME,
    architectures: [stage.functionArchitecture],
    handler: "index.handler",
    filename: code.path,
    sourceCodeHash: Buffer.from(digest, "hex").toString("base64"),
    publish: true,
    timeout: functionSeconds(name),
    memorySize: SIZES[name] ?? MEMORY_MB,
    // Compressed: Lambda allows 4 KB for all variables. The parameter of the stage shows the same in plain text.
    environment: { variables: { MUSTER_STAGE: Fn.base64gzip(description.asString) } },
    loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
    tracingConfig: { mode: stage.tracing ? "Active" : "PassThrough" },
    ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
  });
  const alias = new LambdaAlias(stack, `${name}_live`, {
    name: "live",
    description: "The version deployed last",
    functionName: lambda.functionName,
    functionVersion: lambda.version,
  });
  return { name, lambda, roleArn: role.arn, logGroup, alias };
}
