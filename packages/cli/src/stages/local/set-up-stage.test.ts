import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { DescribeStateMachineCommand, ListActivitiesCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { stageForTests } from "../../testing/stage-for-tests.ts";
import { setUpStage } from "./set-up-stage.ts";

type Stage = Awaited<ReturnType<typeof stageForTests>>;

const setUp = ({ loaded, description, clients }: Stage) =>
  setUpStage(loaded, description, { clients, agent: "/opt/agent.mjs", idleSeconds: "5" });

/** The variables that an activity's workers are told. */
async function environmentOf({ clients, description }: Stage, activity: string): Promise<Map<string, string>> {
  const { LaunchTemplateVersions } = await clients.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateName: description.launchTemplates[activity],
      Versions: ["$Default"],
    }),
  );
  const userData = Buffer.from(LaunchTemplateVersions?.[0]?.LaunchTemplateData?.UserData ?? "", "base64").toString();
  return new Map([...userData.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = "", value = ""]) => [name, value]));
}

async function assetText({ clients }: Stage, url = ""): Promise<string | undefined> {
  const { hostname, pathname } = new URL(url);
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: hostname, Key: pathname.slice(1) }));
  return Body?.transformToString();
}

test("a stage gets all that its pipeline needs, and workers are told where their scripts are", async () => {
  await using stage = await stageForTests();
  await setUp(stage);
  const { activities } = await stage.clients.sfn.send(new ListActivitiesCommand({}));
  expect(activities?.map(({ activityArn }) => activityArn).sort()).toEqual(
    Object.values(stage.description.activities).sort(),
  );

  const source = await environmentOf(stage, "MakeSource");
  expect(source.get("ACTIVITY_ARN")).toBe(stage.description.activities.MakeSource);
  expect(source.get("IDLE_SECONDS")).toBe("5");
  expect(source.get("SCRIPT_URL")).toMatch(/^s3:\/\/small-assets\/scripts\/([0-9a-f]{64})\/source\.sh#sha256=\1$/);
  expect(await assetText(stage, source.get("SCRIPT_URL"))).toBe("#!/bin/bash\n# source.sh\n");
  expect(await assetText(stage, source.get("INIT_URL"))).toBe("#!/bin/bash\n# init.sh\n");
  expect((await environmentOf(stage, "MakePackage")).has("INIT_URL")).toBe(false);
  // Tasks are told too: a worker may outlive the definition that it was launched with.
  const { stateMachineArn } = stage.description;
  const { definition } = await stage.clients.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  expect(definition).toContain(`"scripts":{"script":"${source.get("SCRIPT_URL")}"}`);
});

test("a script of another package, by its URL, is uploaded like one of the pipeline's own", async () => {
  await using stage = await stageForTests();
  await stage.writeScript("elsewhere.sh", "#!/bin/bash\n# another package's\n");
  const script = pathToFileURL(join(stage.loaded.folder, "elsewhere.sh")).href;
  const activities = stage.pipeline.activities.map((each) => ({ ...each, script }));
  await setUp({ ...stage, loaded: { ...stage.loaded, pipeline: { ...stage.pipeline, activities } } });
  const url = (await environmentOf(stage, "MakeSource")).get("SCRIPT_URL");
  expect(await assetText(stage, url)).toBe("#!/bin/bash\n# another package's\n");
});

test("setting up again changes nothing", async () => {
  await using stage = await stageForTests();
  await setUp(stage);
  stage.called();
  await setUp(stage);
  const changes = stage
    .called()
    .filter((name) => /^(Update|Modify|PutObject$|CreateLaunchTemplate|CreateStateMachine)/.test(name));
  expect(changes).toEqual([]);
});

test("a changed script reaches new workers, and those of running builds still find the old one", async () => {
  await using stage = await stageForTests();
  await setUp(stage);
  const before = await environmentOf(stage, "MakeSource");
  await stage.writeScript("source.sh", "#!/bin/bash\necho new\n");
  await setUp(stage);
  const after = await environmentOf(stage, "MakeSource");
  expect(await assetText(stage, after.get("SCRIPT_URL"))).toBe("#!/bin/bash\necho new\n");
  expect(await assetText(stage, before.get("SCRIPT_URL"))).toBe("#!/bin/bash\n# source.sh\n");
});

test("a changed definition replaces the state machine's", async () => {
  await using stage = await stageForTests();
  await setUp(stage);
  const { stateMachineArn } = stage.description;
  const definition = async () =>
    (await stage.clients.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).definition;
  const before = await definition();
  const renamed = { ...stage.loaded, pipeline: { ...stage.pipeline, summary: "Another" } };
  await setUp({ ...stage, loaded: renamed });
  expect(await definition()).toBe(before?.replace("A pipeline for tests", "Another"));
});

test("buckets keep versions here where they do on AWS: what was published can be had back", async () => {
  await using stage = await stageForTests();
  await setUp(stage);
  const { clients, description } = stage;
  const statuses = await Promise.all(
    Object.entries(description.buckets).map(async ([role, Bucket]) => {
      const { Status } = await clients.s3.send(new GetBucketVersioningCommand({ Bucket }));
      return `${role} ${Status}`;
    }),
  );
  expect(statuses.sort()).toEqual(["assets Enabled", "downloads Enabled", "scratch undefined", "state undefined"]);
  const object = { Bucket: description.buckets.downloads, Key: "dists/InRelease" };
  const { VersionId } = await clients.s3.send(new PutObjectCommand({ ...object, Body: "signed" }));
  await clients.s3.send(new PutObjectCommand({ ...object, Body: "signed wrongly" }));
  await clients.s3.send(new DeleteObjectCommand(object));
  const { Body } = await clients.s3.send(new GetObjectCommand({ ...object, VersionId }));
  expect(await Body?.transformToString()).toBe("signed");
});
