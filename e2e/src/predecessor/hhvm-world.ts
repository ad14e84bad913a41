import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createHandlers } from "@muster/lambdas";
import { createLocalAws, virtualClock } from "@muster/local";
import { type FunctionName, listedPlatforms, type Pipeline } from "@muster/pipeline";
import hhvm from "@muster/pipeline-hhvm";
import { describeStage } from "@muster/simulation";
import { alongside } from "./alongside.ts";

/** When the predecessor's answers were recorded, as far as it was told. */
export const NOW = new Date("2026-11-24T12:00:00Z");

/** The reference pipeline, which asks the world's own S3 for the platforms of a version. */
const pipeline: Pipeline = {
  ...hhvm,
  platforms: listedPlatforms({ url: (version) => `s3://assets/targets/${version}` }),
};

interface Content {
  /** URLs of what is there. */
  readonly objects?: readonly string[];
  /** The text that lists the platforms, by version. */
  readonly targets?: Readonly<Record<string, string>>;
}

/** Muster's functions for the reference pipeline, on AWS in memory, with the buckets that the predecessor had. */
export async function hhvmWorld() {
  const clock = virtualClock(NOW.getTime());
  const aws = createLocalAws({ clock, seed: 1 });
  const config = aws.clientConfig();
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const clients = {
    s3,
    sfn: new SFNClient(config),
    ec2: new EC2Client(config),
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
  };
  const buckets = { assets: "assets", scratch: "hhvm-scratch", downloads: "hhvm-downloads", state: "state" };
  const stage = describeStage(pipeline, aws.ec2.network.subnets, { buckets });
  const handlers = createHandlers(pipeline, stage, { ...clients, now: () => new Date(clock.now()) });

  for (const Bucket of Object.values(buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const [activity, arn] of Object.entries(stage.activities)) {
    await clients.sfn.send(new CreateActivityCommand({ name: arn.slice(arn.lastIndexOf(":") + 1) }));
    const LaunchTemplateName = stage.launchTemplates[activity];
    const LaunchTemplateData = { ImageId: "ami-00000000" };
    await clients.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
  }
  const definition = JSON.stringify({ StartAt: "End", States: { End: { Type: "Pass", End: true } } });
  const roleArn = "arn:aws:iam::000000000000:role/state-machine";
  await clients.sfn.send(new CreateStateMachineCommand({ name: pipeline.name, roleArn, definition }));

  const at = (url: string) => {
    const { hostname: Bucket, pathname } = new URL(url);
    return { Bucket, Key: decodeURIComponent(pathname.slice(1)) };
  };

  /** Text by URL. */
  let held: Readonly<Record<string, string>> = {};
  /** The build that all ask for, which has ended and left nothing. */
  const { stateMachineArn } = stage;
  const { executionArn: id = "" } = await clients.sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: "build" }),
  );
  const execution = { id, name: "build", startTime: NOW.toISOString() };
  let calls = 0;
  return {
    s3,
    stage,
    pipeline,
    /** This is there from now on, and nothing else. */
    async holds({ objects = [], targets = {} }: Content): Promise<void> {
      const lists = Object.entries(targets).map(([version, text]) => [`s3://assets/targets/${version}`, text]);
      const content: Readonly<Record<string, string>> = Object.fromEntries([
        ...objects.map((url) => [url, url]),
        ...Object.entries(alongside(objects)),
        ...lists,
      ]);
      for (const url of Object.keys(held)) if (!(url in content)) await s3.send(new DeleteObjectCommand(at(url)));
      for (const [url, text] of Object.entries(content))
        if (held[url] !== text) await s3.send(new PutObjectCommand({ ...at(url), Body: Buffer.from(text) }));
      held = content;
    },
    /** What a function answers to the state machine, which enters another state with each call. */
    async call(name: FunctionName, event: object): Promise<unknown> {
      calls += 1;
      const enteredTime = new Date(NOW.getTime() + calls).toISOString();
      return JSON.parse(JSON.stringify(await handlers[name]({ execution, enteredTime, ...event })));
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
}

export type HhvmWorld = Awaited<ReturnType<typeof hhvmWorld>>;
