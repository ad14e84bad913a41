import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws } from "@muster/local";
import { Lease } from "@muster/pipeline";
import { expect, test } from "vitest";
import { takeLease } from "./lease.ts";
import { stateRecords } from "./state-records.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

async function bucket() {
  const aws = createLocalAws({ seed: 1 });
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "state" }));
  return { records: stateRecords(s3, "state"), [Symbol.asyncDispose]: () => aws.close() };
}
const take = (records: ReturnType<typeof stateRecords>, holder: string, seconds = 0) =>
  takeLease(records, "lease.json", { holder, now: at(seconds), seconds: 60 });

test("of many who want a lease at the same moment one gets it", async () => {
  await using world = await bucket();
  const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => take(world.records, `h${index}`)));
  expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
});

test("a lease is free when it is released or has expired, and its number grows with each holder", async () => {
  await using world = await bucket();
  const first = await take(world.records, "a");
  expect(await take(world.records, "b", 59)).toBeUndefined();
  await first?.release();
  const second = await take(world.records, "b", 59);
  expect(second?.fencing).toBe(2);
  expect((await take(world.records, "c", 120))?.fencing).toBe(3);
});

test("who comes back after another took over cannot release the other's lease", async () => {
  await using world = await bucket();
  const late = await take(world.records, "a");
  await take(world.records, "b", 61);
  await late?.release();
  expect((await world.records.read("lease.json", Lease))?.value).toMatchObject({ holder: "b", released: false });
});

test("a record that Muster did not write is refused by key", async () => {
  await using world = await bucket();
  await world.records.write("lease.json", { holder: 7 });
  await expect(take(world.records, "a")).rejects.toThrow(
    /^s3:\/\/state\/lease\.json is not a record that Muster wrote: /,
  );
});
