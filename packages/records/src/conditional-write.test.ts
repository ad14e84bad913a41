import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalState, localState } from "../testing/local-state.ts";
import type { WriteCondition } from "./conditional-write.ts";
import { putObject, readText } from "./objects.ts";
import { indexPageMetadata } from "./own-object.ts";
import { UnknownOutcomeError } from "./unknown-outcome-error.ts";

const place = { bucket: "state", key: "object" };
const PUT = { service: "s3", operation: "PutObject", times: 1 };
/** S3 has stored it, and says nothing of it. */
const LOST = { code: "InternalError", status: 500, afterwards: true };
const CONFLICT = { code: "ConditionalRequestConflict", status: 409 };

let state: LocalState;
beforeEach(async () => {
  state = await localState();
});
afterEach(() => state[Symbol.asyncDispose]());

const put = (body: string, condition: WriteCondition = {}) => putObject(state.s3, place, { body, ...condition });
const stored = () => readText(state.s3, place);

/** The conditions, where they hold. */
const holding: [string, () => Promise<WriteCondition>][] = [
  ["where there is none", async () => ({ ifNoneMatch: "*" })],
  ["over the version that was read", async () => ({ ifMatch: (await put("before")) ?? "" })],
  ["whatever is there", async () => ({})],
];

test.each(holding)("a write %s whose answer was lost is done", async (_, condition) => {
  const when = await condition();
  state.aws.failCalls(PUT, LOST);
  const etag = await put("mine", when);
  expect(await stored()).toEqual({ text: "mine", etag });
});

test.each(holding)("a write %s that met another at the same moment is tried again", async (_, condition) => {
  const when = await condition();
  state.aws.failCalls({ ...PUT, times: 2 }, CONFLICT);
  const etag = await put("mine", when);
  expect(await stored()).toEqual({ text: "mine", etag });
});

test.each(holding)(
  "a write %s whose first try met another, which says nothing of its being stored, is done",
  async (_, condition) => {
    const when = await condition();
    state.aws.failCalls(PUT, { ...CONFLICT, afterwards: true });
    const etag = await put("mine", when);
    expect(await stored()).toEqual({ text: "mine", etag });
  },
);

test.each<[string, WriteCondition]>([
  ["where there is none", { ifNoneMatch: "*" }],
  ["over another version", { ifMatch: '"0123456789abcdef0123456789abcdef"' }],
])("another's object is not taken for one's own: a write %s does not happen, lost answers or not", async (_, when) => {
  await put("another's", { ifNoneMatch: "*" });
  expect(await put("mine", when)).toBeUndefined();
  state.aws.failCalls(PUT, LOST);
  state.aws.failCalls(PUT, CONFLICT);
  expect(await put("mine", when)).toBeUndefined();
  expect((await stored())?.text).toBe("another's");
});

test("a write over a version that is gone does not happen", async () => {
  expect(await put("mine", { ifMatch: '"0123456789abcdef0123456789abcdef"' })).toBeUndefined();
  expect(await stored()).toBeUndefined();
});

test("who may not look at what stands in the way does not know, and says so", async () => {
  state.aws.failCalls({ service: "s3", operation: "HeadObject" }, { code: "AccessDenied", status: 403 });
  state.aws.failCalls(PUT, LOST);
  await expect(put("mine", { ifNoneMatch: "*" })).rejects.toThrow(UnknownOutcomeError);
});

test("who cannot look fails as the look did", async () => {
  state.aws.failCalls({ service: "s3", operation: "HeadObject" }, { code: "InternalError", status: 500 });
  state.aws.failCalls(PUT, LOST);
  await expect(put("mine", { ifNoneMatch: "*" })).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
});

test("who writes again under the same id after a call that failed knows what that one stored", async () => {
  state.aws.failCalls(PUT, LOST);
  state.aws.failCalls({ ...PUT, times: 2 }, { code: "ServiceUnavailable", status: 503 });
  const mine = { ifNoneMatch: "*", writeId: "mine" } as const;
  await expect(put("mine", mine)).rejects.toThrow();
  expect(await put("mine", { ifNoneMatch: "*", writeId: "another's" })).toBeUndefined();
  const { ETag } = await state.s3.send(new HeadObjectCommand({ Bucket: place.bucket, Key: place.key }));
  expect(await put("mine", mine)).toBe(ETag);
});

test("what Muster wrote for itself gives way to who says so, and to nobody else", async () => {
  const own = () => putObject(state.s3, place, { body: "a page", metadata: indexPageMetadata });
  await own();
  expect(await put("mine", { ifNoneMatch: "*" })).toBeUndefined();
  expect(await put("mine", { ifNoneMatch: "*", overOwn: true })).toBeDefined();
  expect(await put("another's", { ifNoneMatch: "*", overOwn: true })).toBeUndefined();
  expect((await stored())?.text).toBe("mine");
  await own();
  state.aws.failCalls({ ...PUT, times: 2 }, LOST);
  expect(await put("mine", { ifNoneMatch: "*", overOwn: true })).toBeDefined();
  expect((await stored())?.text).toBe("mine");
});
