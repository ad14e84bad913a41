import { createHmac } from "node:crypto";
import { chmod } from "node:fs/promises";
import { type Receiver, receiver } from "@muster/local";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const KEY = Buffer.alloc(32, 5);

const definition = ({ url }: Receiver) => `
import { activity, definePipeline, fixedPlatforms, forEachVersion, minutes, scratch, slack, sns, webhook } from "@muster/pipeline";
const Make = activity({
  name: "Make",
  per: "version",
  script: "make.sh",
  timeout: minutes(10),
  retries: [],
  worker: { instanceTypes: ["t3.micro"] },
  produces: ({ version }) => [scratch(version)],
});
export default definePipeline({
  name: "told",
  summary: "One file a version, and who is told",
  platforms: fixedPlatforms("any"),
  flow: forEachVersion(Make),
  image: "/aws/service/debian/release/12/latest/amd64",
  dummyScript: "make.sh",
  invalidates: [],
  notifies: [
    webhook({ name: "hook", url: "${url}/builds", secret: "told/signing" }),
    slack({ name: "chat", webhook: "told/chat" }),
    sns({ name: "topic", when: ["stopped"] }),
  ],
});
`;

let program: Receiver;
let chat: Receiver;
let workspace: Workspace;
let built: Outcome;
const PIPELINE = ["--pipeline", "./pipeline.ts"];
const secretFile = (name: string) => `.config/muster/secrets/told/${name}`;

// One build that fails, of which a program is told, and a chat would not be, serves the promises below.
beforeAll(async () => {
  program = await receiver(204);
  chat = await receiver(404, 200);
  const env = { MUSTER_NOTIFY: "all", HOME: "" };
  workspace = await createWorkspace(env);
  env.HOME = workspace.dir;
  await workspace.write("pipeline.ts", definition(program));
  await workspace.write("make.sh", '#!/bin/bash\necho "error: no tools"\nexit 3\n', { executable: true });
  for (const [name, value] of [
    ["signing", `whsec_${KEY.toString("base64")}\n`],
    ["chat", `${chat.url}/services/T0/B0/very-secret`],
  ] as const) {
    await chmod(await workspace.write(secretFile(name), value), 0o600);
  }
  built = await workspace.muster("build", "1.2.3", ...PIPELINE);
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await program[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
});

test("a build that ends on this machine tells whom MUSTER_NOTIFY names before the command ends, and says whom it could not", () => {
  expect(built.exitCode).toBe(1);
  expect(built.stderr).toMatch(/^told hook$/m);
  expect(built.stderr).toMatch(/^muster: chat is not told: answers 404$/m);
  expect(`${built.stdout}${built.stderr}`).not.toMatch(/very-secret|whsec_/);
  const [received] = program.received;
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = received?.headers ?? {};
  const digest = createHmac("sha256", KEY).update(`${id}.${at}.${received?.body}`).digest("base64");
  expect(signature).toBe(`v1,${digest}`);
  expect(JSON.parse(received?.body ?? "")).toMatchObject({
    type: "build.failed",
    data: {
      title: "told 1.2.3 failed on local: Make failed for 1.2.3",
      failed: [{ step: "Make", line: "error: no tools" }],
    },
  });
});

test("notifications tells of each, and sends again whom it could not tell", async () => {
  const shown = await workspace.muster("notifications", ...PIPELINE);
  expect(shown.exitCode).toBe(1);
  expect(shown.stdout).toMatch(
    /^1\.2\.3_\S+ failed: told 1 of 2, chat was not told\n✔ hook {3}webhook, at .* UTC\n✖ chat {3}chat: answers 404\n· topic {2}topic, is not told by this stage\n {2}muster notifications 1\.2\.3_\S+ --send --to chat --pipeline \.\/pipeline\.ts\n$/,
  );
  const sent = await workspace.muster("notifications", "--send", "--to", "chat", ...PIPELINE);
  expect(sent).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/failed: told\n✔ chat {2}chat, told\n$/) });
  expect(JSON.parse(chat.received[1]?.body ?? "").text).toMatch(/^✖ \*told 1\.2\.3 failed on local: /);
  const { notifications } = await workspace.json<{ notifications: object[] }>("notifications", ...PIPELINE);
  expect(notifications).toMatchObject([
    { target: "hook", state: "told", requests: 1 },
    { target: "chat", state: "told", requests: 2, problem: null },
    { target: "topic", state: "off", requests: null },
  ]);
});

test("a trial says that it is one", async () => {
  const tried = await workspace.muster("notifications", "--test", "--to", "hook", ...PIPELINE);
  expect(tried).toMatchObject({ exitCode: 0, stdout: "a trial: told\n✔ hook  webhook, told\n" });
  expect(JSON.parse(program.received.at(-1)?.body ?? "").type).toBe("build.test");
});

test("a secret that others may read tells nobody", async () => {
  await chmod(`${workspace.dir}/${secretFile("signing")}`, 0o644);
  const tried = await workspace.muster("notifications", "--test", "--to", "hook", ...PIPELINE);
  expect(tried.exitCode).toBe(1);
  expect(tried.stdout).toMatch(/its secret told\/signing cannot be read: .*others may read .*: chmod 600 it/);
});
