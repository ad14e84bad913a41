import { join } from "node:path";
import { expect, test } from "vitest";
import { stage, usual } from "../../testing/sample-stages.ts";
import { synthStage } from "../../testing/synth-stage.ts";
import { loadPipeline } from "../load-pipeline.ts";
import { checkArchitecture, imageParameter, imageParameters } from "./worker-image.ts";

const repository = join(import.meta.dirname, "../../..");

/** Publishers whose images bring Session Manager's agent. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html */
const BRING_AGENT = [
  /^\/aws\/service\/canonical\/ubuntu\/server\//,
  /^\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-kernel/,
];

test.each(["hhvm", "muster"])("people reach every worker of %s through Session Manager", async (name) => {
  const { pipeline } = await loadPipeline(name, repository);
  for (const activity of pipeline.activities) {
    const parameter = imageParameter(activity, pipeline);
    expect(
      BRING_AGENT.some((published) => published.test(parameter)),
      `${activity.name}: ${parameter}`,
    ).toBe(true);
  }
});

test("an activity on arm64 gets the pipeline's image of that architecture", async () => {
  const { pipeline } = await loadPipeline("muster", repository);
  const [activity] = pipeline.activities;
  if (activity === undefined) throw new Error("no activity");
  const arm = { ...activity, worker: { ...activity.worker, architecture: "arm64" as const } };
  expect(imageParameter(arm, pipeline)).toBe(pipeline.image.replace("amd64", "arm64"));
  expect(() => imageParameter(arm, { ...pipeline, image: "/images/ours" })).toThrow(
    `${activity.name} runs on arm64, and the pipeline's image /images/ours names no architecture`,
  );
});

test("an image that its publisher has deprecated is found all the same", async () => {
  const { data = {} } = await synthStage(stage("test", usual("hhvm")));
  const images = Object.values(data.aws_ami ?? {});
  expect(images.length).toBeGreaterThan(0);
  for (const image of images) expect(image.include_deprecated).toBe(true);
});

test("whoever launches resolves all images of a publisher, and of an account's own just those that are named", async () => {
  const { pipeline } = await loadPipeline("muster", repository);
  const named = (...images: string[]) => {
    const [activity] = pipeline.activities;
    if (activity === undefined) throw new Error("no activity");
    return imageParameters({
      ...pipeline,
      activities: images.map((image) => ({ ...activity, worker: { ...activity.worker, image } })),
    });
  };
  expect(
    named(
      "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
      "/aws/service/canonical/ubuntu/server/26.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
      "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
      "/muster/images/ours",
    ),
  ).toEqual([
    "/aws/service/canonical/ubuntu/server/*",
    "/aws/service/ami-amazon-linux-latest/*",
    "/muster/images/ours",
  ]);
});

test("a plan finds an image of the workers' architecture alone", async () => {
  const { data = {} } = await synthStage(stage("test", usual("hhvm")));
  for (const image of Object.values(data.aws_ami ?? {}))
    expect(image.filter).toContainEqual({ name: "architecture", values: ["x86_64"] });
});

test.each([
  ["x86_64", "t4g.small"],
  ["x86_64", "im4gn.large"],
  ["x86_64", "a1.medium"],
  ["x86_64", "g5g.xlarge"],
  ["arm64", "t3.small"],
  ["arm64", "g5.xlarge"],
  ["arm64", "c7i-flex.large"],
] as const)("workers of %s cannot be %s", async (architecture, type) => {
  const { pipeline } = await loadPipeline("muster", repository);
  const [activity] = pipeline.activities;
  if (activity === undefined) throw new Error("no activity");
  const of = (instanceTypes: [string, ...string[]]) => ({
    ...activity,
    worker: { ...activity.worker, architecture, instanceTypes },
  });
  const fitting = architecture === "arm64" ? "c7gn.large" : "g4dn.xlarge";
  expect(() => checkArchitecture(of([fitting]))).not.toThrow();
  expect(() => checkArchitecture(of([fitting, type]))).toThrow(
    `${activity.name} has workers of ${architecture}, and ${type} is ${architecture === "arm64" ? "x86_64" : "arm64"}`,
  );
});
