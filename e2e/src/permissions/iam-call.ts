import type { ObservedCall } from "@muster/local";
import type { StageDescription } from "@muster/pipeline";

/**
 * A call as IAM judges it, without what only this run knows: `s3:PutObject state/claims/{activity}/{instance}.json`. One API operation may
 * need another action, or the same one on several resources.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function iamCalls({ service, operation, input }: ObservedCall, stage: StageDescription): string[] {
  const of = (key: string) => String((input as Record<string, unknown>)?.[key] ?? "");
  switch (service) {
    case "s3":
      return s3Calls(operation, input as S3Input, stage);
    case "states":
      return [`states:${operation} ${stateResource(operation, of)}`];
    case "ec2":
      return [`ec2:${operation} ${EC2_RESOURCES[operation] ?? "*"}`];
    case "logs":
      return [`logs:${operation} ${of("logGroupName") === "" ? "*" : "log-stream"}`];
    case "cloudfront":
      return [`cloudfront:${operation} distribution`];
    case "servicequotas":
      return [`servicequotas:${operation} quota/${of("ServiceCode")}/${of("QuotaCode")}`];
    default:
      return [`${service}:${operation} *`];
  }
}

const EC2_RESOURCES: Readonly<Record<string, string>> = {
  CreateFleet: "fleet",
  CreateTags: "instance/self",
  TerminateInstances: "instance/worker",
  GetConsoleOutput: "instance/worker",
};

function stateResource(operation: string, of: (key: string) => string): string {
  if (operation.startsWith("SendTask")) return "*";
  if (operation === "GetActivityTask") return "activity";
  if (of("mapRunArn") !== "") return "map-run";
  // `…:execution:<machine>/<label>:<name>`
  if (of("executionArn").includes("/")) return "platform-execution";
  return operation === "ListExecutions" || operation === "StartExecution" ? "state-machine" : "execution";
}

interface S3Input {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly IfMatch?: string;
}

/** Operations that IAM knows under another name. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: "GetObject",
  ListObjectsV2: "ListBucket",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  CompleteMultipartUpload: "PutObject",
};

function s3Calls(operation: string, { Bucket = "", Key = "", IfMatch }: S3Input, stage: StageDescription): string[] {
  // Its keys are in the body, which the endpoint reads later: the recording's clients tell them.
  if (operation === "DeleteObjects") return [];
  const role = Object.entries(stage.buckets).find(([, name]) => name === Bucket)?.[0] ?? Bucket;
  const action = S3_ACTIONS[operation] ?? operation;
  // Who writes over a version reads its tag. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  const actions = action === "PutObject" && IfMatch !== undefined ? [action, "GetObject"] : [action];
  return actions.map((name) => `s3:${name} ${role}${Key === "" ? "" : `/${portable(Key, stage)}`}`);
}

/** One call of DeleteObjects, as IAM judges it: once for each key. */
export const deletions = (keys: readonly string[], stage: StageDescription): string[] =>
  keys.map((key) => `s3:DeleteObject state/${portable(key, stage)}`);

/** A key without the ids of this run. */
function portable(key: string, stage: StageDescription): string {
  const activities = Object.keys(stage.activities).join("|");
  return key
    .replace(/^(executions|notifications)\/[^/]+/, "$1/{execution}")
    .replace(/^map-runs\/[^/]+/, "map-runs/{run}")
    .replace(/^pages\/.*(?=\.html$)/, "pages/{execution}")
    .replace(new RegExp(`^([a-z/]+)/(${activities})(?=[/.])`), "$1/{activity}")
    .replace(/^leases\/repair\/all/, "leases/repair/{activity}")
    .replace(/\d{4}-\d\d-\d\dT[\d:.-]+Z(_[0-9a-f]+)?/, "{id}")
    .replace(/(?<![0-9a-z])i-[0-9a-f]{17}\b/, "{instance}")
    .replaceAll(/(?<![\d.])\d+\.\d+\.\d+(?!\d)/g, "{version}")
    .replace(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/, "{digest}")
    .replace(/(?<=binary-|_)(amd64|arm64)/, "{architecture}")
    .replace(/^attempts\/[^/]+\/[^/]+\/[^/]+/, "attempts/{activity}/{execution}/{task}");
}
