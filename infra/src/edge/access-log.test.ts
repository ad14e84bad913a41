import { expect, test } from "vitest";
import { stage, usual } from "../../testing/sample-stages.ts";
import { synthStage } from "../../testing/synth-stage.ts";

test("the log bucket lets the edge's delivery write, in the very words that AWS would add itself", async () => {
  const stack = await synthStage(stage("test", usual("hhvm")));
  const { Statement } = JSON.parse(String(stack.resource.aws_s3_bucket_policy?.logs_bucket_policy?.policy));
  expect(Statement).toContainEqual({
    Sid: "AWSLogDeliveryWrite1",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: ["s3:PutObject"],
    Resource: ["arn:aws:s3:::test-hhvm-logs-111122223333/edge/*"],
    Condition: {
      StringEquals: { "aws:SourceAccount": "111122223333", "s3:x-amz-acl": "bucket-owner-full-control" },
      ArnLike: { "aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:delivery-source:test-hhvm-edge" },
    },
  });
  expect(stack.resource.aws_cloudwatch_log_delivery_source?.edge_log_source?.name).toBe("test-hhvm-edge");
});
