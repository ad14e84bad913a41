import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Notification, NotificationRecord } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { examplePipeline } from "./example-pipeline.ts";
import { launchWorld } from "./launch-world.ts";

interface Here {
  readonly notifies: readonly [Notification, ...Notification[]];
  /** Those that the stage tells; all where absent. */
  readonly tells?: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
  readonly snsUrl?: string;
}

/** The functions of a stage that tells, as the build's end reaches them. */
export async function worldThatTells({ notifies, tells, secrets = {}, snsUrl }: Here) {
  const names = tells ?? notifies.map(({ name }) => name);
  const told = notifies.filter(({ name }) => names.includes(name)).map((each) => [each.name, placeOf(each)] as const);
  const world = await launchWorld({
    pipeline: examplePipeline({ notifies }),
    stage: { notifies: Object.fromEntries(told) },
    secrets,
    ...(snsUrl !== undefined && { snsUrl }),
  });
  const end = (executionArn: string, status = "FAILED") => ({
    "detail-type": "Step Functions Execution Status Change",
    detail: { executionArn, status, stateMachineArn: world.stage.stateMachineArn },
  });
  return {
    ...world,
    /** As EventBridge delivers the build's end. */
    event: (executionArn: string) => world.call("Notify", end(executionArn)),
    ask: (detail: object) => world.call("Notify", { "detail-type": "Muster Notification Request", detail }),
    async records(execution: string): Promise<NotificationRecord[]> {
      const { s3 } = world.clients;
      const Bucket = world.stage.buckets.state;
      const Prefix = stateKey.notifications(execution);
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      const read = async (Key: string) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return JSON.parse((await Body?.transformToString()) ?? "") as NotificationRecord;
      };
      return Promise.all(Contents.map(({ Key = "" }) => read(Key)));
    },
  };
}

function placeOf(notification: Notification) {
  switch (notification.kind) {
    case "webhook":
      return { secret: notification.secret };
    case "slack":
      return { secret: notification.webhook };
    case "sns":
      return { topic: "arn:aws:sns:us-west-2:000000000000:ends" };
  }
}
