import { getEventListeners } from "node:events";
import { GetActivityTaskCommand, ListActivitiesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { localAwsFixture } from "./local-aws-fixture.ts";

const local = localAwsFixture();

test("a signal that lives longer than a call holds nothing of it, however it ended", async () => {
  const sfn = new SFNClient(local.open({ dir: local.dir }).clientConfig());
  const { signal } = new AbortController();
  await sfn.send(new ListActivitiesCommand({}), { abortSignal: signal });
  await expect(
    sfn.send(new GetActivityTaskCommand({ activityArn: "none" }), { abortSignal: signal }),
  ).rejects.toMatchObject({ name: "InvalidArn" });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("a call that is given up ends at once, and its signal holds nothing of it", async () => {
  const aws = local.open({ dir: local.dir });
  const sfn = new SFNClient(aws.clientConfig());
  const activityArn = "arn:aws:states:us-west-2:000000000000:activity:A";
  const ending = new AbortController();
  const given = sfn.send(new GetActivityTaskCommand({ activityArn }), { abortSignal: ending.signal });
  ending.abort();
  await expect(given).rejects.toMatchObject({ name: "AbortError" });
  expect(getEventListeners(ending.signal, "abort")).toEqual([]);
});
