import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { type Answer, receiver, secretValues } from "@muster/local";
import { webhook } from "@muster/pipeline";
import { expect, test } from "vitest";
import { deliver } from "./deliver.ts";
import { trialMessage } from "./message.ts";

const config = { region: "us-west-2", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
const SIGNING = `whsec_${Buffer.alloc(24).toString("base64")}`;
const message = trialMessage(new Date(), { stage: "production", pipeline: "example" });

interface Asked {
  readonly url: string;
  readonly secret?: string;
  readonly anywhere?: boolean;
}

function ask({ url, secret = SIGNING, anywhere = true }: Asked) {
  const clients = {
    secretsManager: new SecretsManagerClient({ ...config, requestHandler: secretValues(async () => secret) }),
    sns: new SNSClient(config),
  };
  const pausesMs = [1, 1];
  const context = { clients, place: { secret: "signing" }, anywhere, now: () => new Date(), pausesMs };
  return deliver(webhook({ name: "hook", url, secret: "signing" }), { messageId: "msg_1", message }, context);
}

test.each<[string, Answer[], object, number]>([
  ["an answer of the 2xx", [202], { came: "told", requests: 1 }, 1],
  ["a server that is back at the third try", [503, 502, 200], { came: "told", requests: 3 }, 3],
  ["one that stays away", [503], { came: "later", requests: 3, problem: "answers 503" }, 3],
  ["one that is asked too much", [429, 200], { came: "told", requests: 2 }, 2],
  [
    "one that wants more time than a round has",
    [{ status: 503, headers: { "retry-after": "3600" } }],
    { came: "later", requests: 1, problem: "answers 503" },
    1,
  ],
  ["one that does not want it", [404], { came: "never", requests: 1, problem: "answers 404" }, 1],
  ["one that is gone", [410], { came: "never", requests: 1, problem: "answers 410" }, 1],
])("%s", async (_, answers, delivery, requests) => {
  await using program = await receiver(...answers);
  expect(await ask({ url: program.url })).toEqual(delivery);
  expect(program.received).toHaveLength(requests);
});

test("nobody is led on to another address", async () => {
  await using other = await receiver(200);
  await using program = await receiver({ status: 307, headers: { location: other.url } });
  expect(await ask({ url: program.url })).toMatchObject({
    came: "never",
    problem: "answers 307: leads elsewhere, where nobody follows",
  });
  expect(other.received).toEqual([]);
});

test.each(["https://127.0.0.1:1/", "https://169.254.169.254/latest", "https://[::1]:1/", "https://localhost:1/"])(
  "on AWS nothing is sent to %s, though a name leads there",
  async (url) => {
    expect(await ask({ url, anywhere: false })).toMatchObject({
      came: "never",
      problem: "its address is none of the Internet's",
    });
  },
);

test("on AWS nothing is sent without TLS, and on one machine only to itself", async () => {
  await using program = await receiver(200);
  const refused = { came: "later", problem: "its address is no https: URL" };
  expect(await ask({ url: program.url, anywhere: false })).toMatchObject(refused);
  expect(await ask({ url: "http://example.org/", anywhere: true })).toMatchObject(refused);
  expect(program.received).toEqual([]);
});

test("a port where nobody listens, a name that is none, and a secret that signs nothing are told without host and secret", async () => {
  const { url } = await receiver(200).then(async (program) => {
    await program[Symbol.asyncDispose]();
    return program;
  });
  expect(await ask({ url })).toEqual({ came: "later", requests: 3, problem: "cannot be reached: ECONNREFUSED" });
  const unfit = await ask({ url, secret: "hunter2" });
  expect(unfit).toMatchObject({ came: "later", requests: 1 });
  expect(unfit.problem).toMatch(/its secret does not begin with whsec_/);
  expect(unfit.problem).not.toContain("hunter2");
  expect(await ask({ url, secret: " " })).toMatchObject({ problem: "its secret signing holds no text" });
});
