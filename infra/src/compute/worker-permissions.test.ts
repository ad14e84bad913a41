import { activityNamed, downloads } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { TerraformStack, Testing } from "cdktf";
import { expect, test } from "vitest";
import { INSTANCE } from "../../testing/iam-requests.ts";
import { stage, usual } from "../../testing/sample-stages.ts";
import { isAllowed, statementsOf } from "../../testing/simulate.ts";
import { loadSample } from "../../testing/synth-stage.ts";
import { resourceNames } from "../stage-scope.ts";
import { workerStatements } from "./worker-permissions.ts";

const self = `arn:aws:ec2:us-west-2:111122223333:instance/${INSTANCE}`;
const { made, pipeline, stack } = await loadSample(stage("test", usual("hhvm")));

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

test("a worker removes what its definition says, and nothing beside it", () => {
  const scope = {
    stack: new TerraformStack(Testing.app(), "test"),
    stage: made,
    pipeline,
    names: resourceNames(made, pipeline),
  };
  const publish = {
    ...activityNamed(pipeline, "PublishDockerImages"),
    access: { deletes: [downloads("ubuntu/pool/")] },
  };
  const removals = workerStatements(publish, scope).filter(({ Sid }) => Sid?.startsWith("Remove"));
  expect(removals.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [["s3:DeleteObject"], [`${scope.names.bucketArn("downloads")}/ubuntu/pool/*`]],
  ]);
});
