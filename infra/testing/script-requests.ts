import type { Activity } from "@muster/pipeline";
import recordedBuild from "./golden/recorded-build.json" with { type: "json" };
import { hhvmScriptCalls } from "./hhvm-script-calls.ts";
import { type DeployedStage, type IamRequest, INSTANCE, toRequests } from "./iam-requests.ts";

/** What an activity's scripts ask of AWS, whatever its definition says: as recorded from a build, or as the scripts' lines say. */
export function scriptRequests(activity: Activity, at: DeployedStage): IamRequest[] {
  return scriptCalls(activity, at).flatMap((call) => {
    const requests = ofAccount(call, at) ?? toRequests(call, { at, activity });
    return requests.flatMap((request) => [request, ...impliedBy(request)]);
  });
}

function scriptCalls(
  { name, script, init, afterTask, withdraw }: Activity,
  { pipeline }: DeployedStage,
): readonly string[] {
  if (pipeline.name === "muster") {
    const recorded: Readonly<Record<string, readonly string[]>> = recordedBuild;
    return (recorded[name] ?? []).flatMap(ofNightlies);
  }
  const scripts = [script, init, afterTask, withdraw?.kind === "script" ? withdraw.script : undefined];
  return [...new Set(scripts)]
    .filter((path) => path !== undefined)
    .flatMap((path) => Object.values(hhvmScriptCalls[path] ?? {}).flat());
}

/** The build that was recorded takes a release back; a nightly's source lies in a folder of its own. */
const ofNightlies = (call: string): string[] =>
  call.startsWith("s3:DeleteObject downloads/source/")
    ? [call, call.replace("/source/", "/source/nightlies/")]
    : [call];

/**
 * A file that goes in parts is given up where a part cannot be sent; any may be large enough to go in parts.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 */
function impliedBy({ action, resource }: IamRequest): IamRequest[] {
  return action === "s3:PutObject" ? [{ action: "s3:AbortMultipartUpload", resource }] : [];
}

/** Calls on what the account has, by the name that the scripts know: keys, secrets, image repositories, volumes. */
function ofAccount(call: string, { names }: DeployedStage): IamRequest[] | undefined {
  const [action = "", on = ""] = call.split(" ");
  switch (action) {
    case "kms:Decrypt": {
      const aliases = [names.secret({ kind: "kms-key", alias: on })];
      return [{ action, resource: names.arn("kms", "key/0a1b2c3d"), context: { "kms:ResourceAliases": aliases } }];
    }
    case "secretsmanager:GetSecretValue": {
      const secret = names.secret({ kind: "secrets-manager", name: on });
      return [{ action, resource: names.arn("secretsmanager", `secret:${secret}-AbCdEf`) }];
    }
    case "ecr:PutImage":
      return pushes(names.arn("ecr", `repository/${names.imageRepository(on)}`));
    case "ec2:AttachVolume":
    case "ec2:DetachVolume":
      return onVolume(action, names.volume(on), names.arn);
    default:
      return undefined;
  }
}

/** What `docker push` asks for. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
const pushes = (resource: string): IamRequest[] =>
  ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"].map(
    (name) => ({ action: `ecr:${name}`, resource }),
  );

/** Both ends are asked. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const onVolume = (action: string, volume: string, arn: DeployedStage["names"]["arn"]): IamRequest[] => [
  { action, resource: arn("ec2", "volume/vol-0a1b"), context: { "aws:ResourceTag/Name": volume } },
  {
    action,
    resource: arn("ec2", `instance/${INSTANCE}`),
    context: { "ec2:InstanceID": INSTANCE, "ec2:SourceInstanceARN": arn("ec2", `instance/${INSTANCE}`) },
  },
];
