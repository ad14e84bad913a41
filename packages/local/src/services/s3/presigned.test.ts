import { expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { localAwsFixture } from "../../local-aws-fixture.ts";

const local = localAwsFixture();
const START = Date.UTC(2026, 0, 1);

/** A presigned URL's query, as of signature version 4. */
function version4(members: Record<string, string> = {}): string {
  return new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIAPRESIGNED0000000/20260101/us-west-2/s3/aws4_request",
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0".repeat(64),
    ...members,
  }).toString();
}

const version2 = (expires: number) =>
  new URLSearchParams({ AWSAccessKeyId: "AKIAPRESIGNED0000000", Signature: "s=", Expires: String(expires) }).toString();

async function open() {
  const clock = virtualClock(START);
  const { url } = await local.open({ dir: local.dir, clock }).listen();
  await fetch(`${url}/bucket`, { method: "PUT" });
  await fetch(`${url}/bucket/k`, { method: "PUT", body: "bytes" });
  const ask = async (query: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}/bucket/k?${query}`, init);
    const text = await answer.text();
    return { status: answer.status, text, code: /<Code>(\w+)/.exec(text)?.[1], headers: answer.headers };
  };
  return { clock, ask };
}

test.each([
  ["version 4", version4()],
  ["version 2", version2(START / 1000 + 60)],
])("a URL of signature %s works until it expires, and is refused from then on", async (_name, query) => {
  const { clock, ask } = await open();
  expect((await ask(query)).text).toBe("bytes");
  clock.advance(60_000);
  expect((await ask(query)).status).toBe(200);
  clock.advance(1);
  expect(await ask(query)).toMatchObject({ status: 403, code: "AccessDenied" });
  expect((await ask(query)).text).toContain("Request has expired");
});

test("a URL that expired writes and deletes nothing", async () => {
  const { clock, ask } = await open();
  clock.advance(60_001);
  expect((await ask(version4(), { method: "PUT", body: "other" })).status).toBe(403);
  expect((await ask(version4(), { method: "DELETE" })).status).toBe(403);
  expect((await ask("")).text).toBe("bytes");
});

test.each([
  [{ "X-Amz-Expires": "604801" }, 400],
  [{ "X-Amz-Expires": "-1" }, 400],
  [{ "X-Amz-Expires": "soon" }, 400],
  [{ "X-Amz-Date": "yesterday" }, 400],
  [{ "X-Amz-Expires": "604800" }, 200],
])("%j is answered %i", async (members, status) => {
  const { ask } = await open();
  const answer = await ask(version4(members as Record<string, string>));
  expect(answer.status).toBe(status);
  if (status === 400) expect(answer.code).toBe("AuthorizationQueryParametersError");
});

test("a URL without all of its signature is refused", async () => {
  const { ask } = await open();
  const query = version4().replace(/&X-Amz-Expires=60/, "");
  expect(await ask(query)).toMatchObject({ status: 400, code: "AuthorizationQueryParametersError" });
});

test("what was signed into the query counts as the header that it is, and is refused like it", async () => {
  const { ask } = await open();
  const signed = { "x-amz-meta-who": "me", "x-amz-tagging": "a=1" };
  expect((await ask(version4(signed), { method: "PUT", body: "new" })).status).toBe(200);
  const read = await ask(version4({ "response-content-language": "de" }));
  expect(read.text).toBe("new");
  expect(["x-amz-meta-who", "x-amz-tagging-count", "content-language"].map((name) => read.headers.get(name))).toEqual([
    "me",
    "1",
    "de",
  ]);
  const refused = await ask(version4({ "x-amz-acl": "public-read" }), { method: "PUT", body: "other" });
  expect(refused).toMatchObject({ status: 501, code: "NotImplemented" });
  const wrong = await ask(version4({ "x-amz-checksum-crc32": "AAAAAA==" }), { method: "PUT", body: "other" });
  expect(wrong).toMatchObject({ status: 400, code: "BadDigest" });
});
