import type { Activity, S3Object } from "@muster/pipeline";
import { type DeployedStage, type IamRequest, INSTANCE } from "./iam-requests.ts";

/** What an activity's scripts may do by its definition: they are the pipeline's, and nothing records all of them. */
export function scriptRequests(activity: Activity, at: DeployedStage): IamRequest[] {
  const { pipeline, names } = at;
  const { access = {}, secrets = [] } = activity;
  const platforms =
    pipeline.platforms.kind === "fixed" ? pipeline.platforms.names : ["debian-12-bookworm", "ubuntu-24.04-noble"];
  const subjects = ["4.28.2", "2026.11.24"].flatMap((version) =>
    (activity.per === "platform" ? platforms : [undefined]).map((platform) => ({
      version,
      platforms: [],
      ...(platform === undefined ? {} : { platform }),
    })),
  );
  const own = subjects.flatMap((subject) => [
    ...(activity.produces?.(subject) ?? []),
    ...(activity.publishes?.(subject) ?? []),
  ]);
  const below = (objects: readonly S3Object[] = []) => objects.map(({ bucket, key }) => ({ bucket, key: `${key}x` }));
  const written = [...own, ...below(access.writes)];
  const read = [...written, ...below(access.reads)];
  const at_ = ({ bucket, key }: S3Object) => `${names.bucketArn(bucket)}/${key}`;
  const s3 = (actions: readonly string[], resources: readonly string[]) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
  const other = (access.otherBuckets ?? []).map((name) => `arn:aws:s3:::${name}`);
  const writes = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];
  return [
    ...s3(writes, written.map(at_)),
    ...s3(["s3:GetObject"], read.map(at_)),
    ...s3(["s3:ListBucket"], [...new Set(read.map(({ bucket }) => names.bucketArn(bucket)))]),
    ...s3(
      [...writes, "s3:GetObject"],
      other.map((arn) => `${arn}/key`),
    ),
    ...s3(["s3:ListBucket"], other),
    ...secrets.map((secret) =>
      secret.kind === "kms-key"
        ? {
            action: "kms:Decrypt",
            resource: names.arn("kms", "key/0a1b2c3d"),
            context: { "kms:ResourceAliases": [names.secret(secret)] },
          }
        : {
            action: "secretsmanager:GetSecretValue",
            resource: names.arn("secretsmanager", `secret:${names.secret(secret)}-AbCdEf`),
          },
    ),
    ...(access.imageRepositories ?? []).flatMap((name) =>
      pushes(names.arn("ecr", `repository/${names.imageRepository(name)}`)),
    ),
    ...(access.volumes ?? []).flatMap((name) => attaches(name, at)),
  ];
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
const pushes = (resource: string): IamRequest[] => [
  { action: "ecr:GetAuthorizationToken", resource: "*" },
  ...["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"].map(
    (name) => ({ action: `ecr:${name}`, resource }),
  ),
];

/** Both ends are asked. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const attaches = (volume: string, { names }: DeployedStage): IamRequest[] => [
  { action: "ec2:DescribeVolumes", resource: "*" },
  ...["ec2:AttachVolume", "ec2:DetachVolume"].flatMap((action) => [
    { action, resource: names.arn("ec2", "volume/vol-0a1b"), context: { "aws:ResourceTag/Name": volume } },
    {
      action,
      resource: names.arn("ec2", `instance/${INSTANCE}`),
      context: { "ec2:InstanceID": INSTANCE, "ec2:SourceInstanceARN": names.arn("ec2", `instance/${INSTANCE}`) },
    },
  ]),
];
