import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { examplePipeline } from "../../test/example-pipeline.ts";
import { exampleStage } from "../../test/example-stage.ts";
import { chatText, mailText } from "./chat-text.ts";
import { trialMessage } from "./message.ts";
import { pageAddress } from "./page-address.ts";

const BUILD = "1.2.3_alice_2026-11-30_1036";
const pipeline = examplePipeline();

function on(partition: string, region: string, stage = "production") {
  const machine = `arn:${partition}:states:${region}:111122223333:stateMachine:example`;
  return exampleStage(pipeline, { stage, region, stateMachineArn: machine });
}

test.each([
  ["aws", "eu-central-1", "https://eu-central-1.console.aws.amazon.com/s3/object/"],
  ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/s3/object/"],
  ["aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/s3/object/"],
])(
  "in %s a build's page is opened in the console of its region, and the address gives nobody anything",
  (partition, region, start) => {
    const stage = on(partition, region);
    const address = new URL(pageAddress(stage, BUILD) ?? "");
    expect(address.href.startsWith(`${start}${stage.buckets.state}?`)).toBe(true);
    expect(Object.fromEntries(address.searchParams)).toEqual({ region, prefix: stateKey.page(BUILD) });
  },
);

test("on one machine, and where nobody knows of a console, there is none", () => {
  expect(pageAddress(on("aws", "us-west-2", "local"), BUILD)).toBeNull();
  expect(pageAddress(on("aws-iso", "us-iso-east-1"), BUILD)).toBeNull();
});

test("chats have it as a link, mails as an address, and where there is none nothing is said of it", () => {
  const message = trialMessage(new Date(0), { stage: "production", pipeline: "example" });
  const page = "https://example.org/?a=1&b=2";
  const told = { ...message, data: { ...message.data, page } };
  expect(chatText(told).split("\n").at(-1)).toBe("<https://example.org/?a=1&amp;b=2|its page>");
  expect(mailText(told).split("\n").at(-1)).toBe(`  ${page}`);
  expect(chatText(message)).not.toContain("its page");
});
