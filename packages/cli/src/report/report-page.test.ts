import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import type { Context } from "../context.ts";
import { createPrint } from "../print.ts";
import type { Stage } from "../stages/stage.ts";
import { playedStage } from "../testing/played-build.ts";
import { reportPage } from "./report-page.ts";

const BUILD = "1.2.3_alice";
const PAGE = "<!doctype html><title>kept</title>";
const HOUR_MS = 3_600_000;

/** A stage with one build, which is asked over HTTP as AWS is. @param credentials what signs besides the keys */
async function stageWithBuild({
  credentials = {},
  ...overrides
}: Partial<Stage> & { credentials?: { sessionToken?: string; expiration?: Date } } = {}) {
  const tests = await playedStage();
  await tests.startBuild(BUILD);
  const { url } = await tests.aws.listen();
  const s3 = new S3Client({
    endpoint: url,
    region: "us-west-2",
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local", ...credentials },
  });
  const Bucket = tests.description.buckets.state;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const stage: Stage = { ...tests.stage, movedBy: "aws", ...overrides, s3: async () => s3 };
  return {
    ...tests,
    keep: () =>
      s3.send(new PutObjectCommand({ Bucket, Key: stateKey.page(BUILD), Body: PAGE, ContentType: "text/html" })),
    /** What a report prints: its lines, and its notes. */
    async report(options: { html?: string; share?: string; json?: boolean } = {}) {
      const out: string[] = [];
      const notes: string[] = [];
      const stream = (to: string[]) => ({ write: (text: string) => to.push(text.trimEnd()) }) as never;
      const print = createPrint({ stdout: stream(out), stderr: stream(notes) }, { noColor: true });
      const { html, share, json = false } = options;
      const context = { openStage: async () => stage, print, globals: { json, stage: "production" } };
      await reportPage({ build: undefined, html, share }, context as unknown as Context);
      return { out: out.join("\n"), notes: notes.join("\n") };
    },
  };
}

test("a report says where a build's page is kept: an object, or on this machine its file", async () => {
  await using stage = await stageWithBuild();
  await stage.keep();
  const { out, notes } = await stage.report();
  expect(out).toBe(`s3://${stage.description.buckets.state}/pages/${BUILD}.html`);
  expect(notes).toContain(`muster report ${BUILD} --share 24h --stage production`);
  await using here = await stageWithBuild({ movedBy: "here", pathOf: ({ bucket, key }) => `/home/${bucket}/${key}` });
  await here.keep();
  expect((await here.report()).out).toBe(`/home/${here.description.buckets.state}/pages/${BUILD}.html`);
  expect(JSON.parse((await here.report({ json: true })).out)).toEqual({
    name: BUILD,
    page: `s3://${here.description.buckets.state}/pages/${BUILD}.html`,
    file: `/home/${here.description.buckets.state}/pages/${BUILD}.html`,
    bytes: PAGE.length,
    keptAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

test("a link leads whoever has it to the page", async () => {
  await using stage = await stageWithBuild();
  await stage.keep();
  const { out, notes } = await stage.report({ share: "24h" });
  const link = new URL(out);
  expect(link.searchParams.get("X-Amz-Expires")).toBe("86400");
  expect(notes).toMatch(/whoever has the link reads the page until \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  const answer = await fetch(link);
  expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([200, "text/html", PAGE]);
});

test("a link that ends with a session's credentials says when; where they do not say, that it may end sooner", async () => {
  const expiration = new Date(Date.now() + HOUR_MS);
  await using session = await stageWithBuild({ credentials: { sessionToken: "t", expiration } });
  await session.keep();
  expect((await session.report({ share: "24h" })).notes).toContain(", when the credentials expire that signed it, and");
  expect(JSON.parse((await session.report({ share: "24h", json: true })).out)).toMatchObject({
    expiresAt: expiration.toISOString(),
    credentialsExpireAt: expiration.toISOString(),
    mayExpireSooner: false,
  });
  expect((await session.report({ share: "30m" })).notes).not.toContain("credentials");
  await using silent = await stageWithBuild({ credentials: { sessionToken: "t" } });
  await silent.keep();
  expect((await silent.report({ share: "2h" })).notes).toContain("at the latest");
  expect(JSON.parse((await silent.report({ share: "2h", json: true })).out)).toMatchObject({
    credentialsExpireAt: null,
    mayExpireSooner: true,
  });
});

test("what cannot be shared is refused in one line, with the remedy", async () => {
  await using stage = await stageWithBuild();
  await expect(stage.report({ share: "24h" })).rejects.toMatchObject({
    message: `${BUILD} has no page that is kept: it is kept when the build has ended`,
    hint: `muster report ${BUILD} --html FILE --stage production writes it as it is now`,
  });
  await expect(stage.report()).rejects.toThrow("has no page that is kept");
  for (const [share, message] of [
    ["tomorrow", '--share "tomorrow" is no span'],
    ["0h", '--share "0h" is no span'],
    ["-1h", '--share "-1h" is no span'],
    ["8d", '--share "8d" is longer than S3 signs a link for'],
  ] as const)
    await expect(stage.report({ share })).rejects.toThrow(message);
  await expect(stage.report({ share: "1h", html: "x" })).rejects.toThrow("--html writes a file, and --share");
  await using nobody = await stageWithBuild({ movedBy: "nobody" });
  await nobody.keep();
  await expect(nobody.report({ share: "1h" })).rejects.toThrow("nothing serves the objects of this machine");
});
