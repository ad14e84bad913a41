import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { SendTaskFailureCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

const oneTask = [{ activity: "MakeBinaryPackage", platform: "debian-1-x" }] as const;
const TASK = "MakeBinaryPackage-1.2.3-debian-1-x";
const HOSTILE = "<img src=x onerror=alert(1)>";

/** A world in which the end of a build can be told, and its page read. */
async function worldWithPages() {
  const world = await launchWorld({ stage: { stage: "production" } });
  const { sfn, s3 } = world.clients;
  const Bucket = world.stage.buckets.state;
  const executionArn = world.context("build-1").id;
  return Object.assign(world, {
    stop: () => sfn.send(new StopExecutionCommand({ executionArn })),
    told: (status: string, stateMachineArn = world.stage.stateMachineArn) =>
      world.call("KeepPage", {
        "detail-type": "Step Functions Execution Status Change",
        detail: { executionArn, stateMachineArn, status },
      }),
    async page() {
      const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key: "pages/build-1.html" }));
      return { type: ContentType, text: (await Body?.transformToString()) ?? "" };
    },
    put: (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
    isKept: () =>
      s3.send(new HeadObjectCommand({ Bucket, Key: "pages/build-1.html" })).then(
        () => true,
        () => false,
      ),
  });
}

test("the page of a build that has ended is kept beside its records; one that goes on, or another machine's, has none", async () => {
  await using world = await worldWithPages();
  await world.publish("build-1", oneTask);
  expect(await world.told("RUNNING")).toEqual({ ignored: "RUNNING" });
  expect(await world.told("ABORTED", `${world.stage.stateMachineArn}-other`)).toEqual({ ignored: "ABORTED" });
  // It was redriven before the function came to it.
  expect(await world.told("ABORTED")).toEqual({ ignored: "running" });
  expect(await world.isKept()).toBe(false);
  await world.stop();
  expect(await world.told("ABORTED")).toEqual({ page: "s3://state/pages/build-1.html", written: true });
  const { type, text } = await world.page();
  expect(type).toBe("text/html; charset=utf-8");
  expect(text).toContain("<title>build-1: aborted</title>");
  expect(text).toContain(`data-key="${TASK}"`);
  expect(text).toContain("default-src &#39;none&#39;");
  expect(text).not.toContain("<script");
});

test("an end that is told twice writes nothing the second time; a later end replaces the page of an earlier one", async () => {
  await using world = await worldWithPages();
  await world.publish("build-1", oneTask);
  await world.put("pages/build-1.html", "the page of an earlier end");
  await world.stop();
  expect(await Promise.all([world.told("ABORTED"), world.told("ABORTED")])).toEqual(
    expect.arrayContaining([expect.objectContaining({ written: true }), expect.objectContaining({ written: false })]),
  );
  expect((await world.page()).text).toContain("build-1: aborted");
  expect(await world.told("ABORTED")).toMatchObject({ written: false });
});

test("what a failed attempt said last is taken from its record, and is text; a damaged record is said, and no reason for no page", async () => {
  await using world = await worldWithPages();
  await world.publish("build-1", oneTask);
  const { token } = await world.take("MakeBinaryPackage", "i-0123456789abcdef0");
  await world.clients.sfn.send(
    new SendTaskFailureCommand({ taskToken: token, error: "Muster.ScriptFailed", cause: "{}" }),
  );
  await world.advance(5);
  const key = stateKey.attempt("build-1", TASK, "i-0123456789abcdef0", "2026-01-01T00:00:00.000Z");
  const content = Buffer.from(`compiling\n${HOSTILE}\n`).toString("base64");
  await world.put(
    key,
    JSON.stringify({ predicate: { runDetails: { byproducts: [{ name: "last lines", content }] } } }),
  );
  expect(await world.told("SUCCEEDED")).toMatchObject({ written: true });
  const { text } = await world.page();
  expect(text).toContain(`compiling\n&lt;img src=x onerror=alert(1)&gt;</pre>`);
  expect(text).not.toContain(HOSTILE);
  expect(text).toContain(`muster logs ${TASK} --stage production`);
  await world.put("pages/build-1.html", "older");
  await world.put(key, "damaged");
  expect(await world.told("SUCCEEDED")).toMatchObject({ written: true });
  expect((await world.page()).text).toContain("its record cannot be read: ");
});
