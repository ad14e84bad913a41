import { WorkerTag } from "@muster/records";
import { expect, test } from "vitest";
import { INSTANCE } from "../../testing/iam-requests.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { isAllowed, statementsOf } from "../../testing/simulate.ts";
import { synthStage } from "../../testing/synth-stage.ts";

const self = `arn:aws:ec2:us-west-2:111122223333:instance/${INSTANCE}`;
const stack = await synthStage(stage("test", usual("hhvm")));

/** Whether a worker may put tags with these keys on itself. */
const mayTag = (...keys: string[]): Promise<boolean> =>
  isAllowed({
    statements: statementsOf(stack, "MakeBinaryPackage_worker"),
    request: {
      action: "ec2:CreateTags",
      resource: self,
      context: {
        "ec2:InstanceID": INSTANCE,
        "ec2:SourceInstanceARN": self,
        ...(keys.length > 0 && { "aws:TagKeys": keys }),
      },
    },
  });

test("a worker says on itself what it does", async () => {
  expect(await mayTag("Name", WorkerTag.state, WorkerTag.task)).toBe(true);
});

test.each([WorkerTag.stage, WorkerTag.pipeline, WorkerTag.activity, WorkerTag.activityArn, "team"])(
  "a worker does not change what it is: its tag %s",
  async (key) => {
    expect(await mayTag(key)).toBe(false);
    expect(await mayTag("Name", key)).toBe(false);
  },
);

test("a worker makes no request that names no tag", async () => {
  expect(await mayTag()).toBe(false);
});
