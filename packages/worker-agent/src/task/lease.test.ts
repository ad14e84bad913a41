import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws, runUntil, type VirtualClock, virtualClock } from "@muster/local";
import { Lease } from "@muster/pipeline";
import { readText } from "@muster/records";
import { expect, test } from "vitest";
import { recordedDiagnostics } from "../../testing/worker-in-process.ts";
import { type HeldLease, LEASE_MARGIN_MS, takeLease } from "./lease.ts";

const place = { bucket: "state", key: "lease.json" };

async function world() {
  const clock = virtualClock();
  const aws = createLocalAws({ clock });
  const s3 = new S3Client({ ...aws.clientConfig(), maxAttempts: 1 });
  await s3.send(new CreateBucketCommand({ Bucket: "state" }));
  const contend = (holder: string, signal = new AbortController().signal) => {
    const waits: string[] = [];
    let lostAtMs: number | undefined;
    let held: HeldLease | undefined;
    const lease = takeLease({
      s3,
      place,
      holder,
      clock,
      diagnostics: recordedDiagnostics(),
      onWait: (other) => waits.push(other),
      onLost: () => {
        lostAtMs = clock.now();
      },
      signal,
    }).then((taken) => {
      held = taken;
      return taken;
    });
    return {
      lease,
      waits,
      held: () => held,
      lostAtMs: () => lostAtMs,
    };
  };
  const stored = async () => Lease.parse(JSON.parse((await readText(s3, place))?.text ?? "null"));
  const pass = (ms: number) => passTime(aws, clock, ms);
  return { aws, s3, clock, contend, stored, pass };
}

async function passTime(aws: { idle(): Promise<void> }, clock: VirtualClock, ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  const cancel = clock.at(untilMs, () => {});
  await runUntil(aws, clock, () => clock.now() >= untilMs);
  cancel();
}

test("one of many gets the lease at a time, each with a larger number than the one before", async () => {
  const { aws, clock, contend } = await world();
  const contenders = Array.from({ length: 5 }, (_, index) => contend(`i-${index}`));
  const numbers: number[] = [];
  for (let round = 0; round < 5; round++) {
    await runUntil(aws, clock, () => contenders.some(({ held }) => held() !== undefined));
    const holders = contenders.filter(({ held }) => held() !== undefined);
    expect(holders).toHaveLength(1);
    const [holder] = holders;
    numbers.push(holder?.held()?.fencing ?? 0);
    await holder?.held()?.release();
    if (holder !== undefined) contenders.splice(contenders.indexOf(holder), 1);
  }
  expect(numbers).toEqual([1, 2, 3, 4, 5]);
  await aws.close();
});

test("whoever waits is told for whom, once", async () => {
  const { aws, contend, pass } = await world();
  const first = await contend("i-first").lease;
  const second = contend("i-second");
  await pass(60_000);
  expect(second.waits).toEqual(["i-first"]);
  await first?.release();
  await pass(10_000);
  expect(second.held()?.fencing).toBe(2);
  await second.held()?.release();
  await aws.close();
});

test("a lease is kept for as long as its holder lives", async () => {
  const { aws, contend, pass } = await world();
  const first = contend("i-first");
  await first.lease;
  const second = contend("i-second");
  await pass(20 * 60_000);
  expect(second.held()).toBeUndefined();
  expect(first.lostAtMs()).toBeUndefined();
  await aws.close();
});

test("the lease of a holder that died is taken over, after it has expired", async () => {
  const { aws, s3, clock, contend, pass } = await world();
  const expiresAt = new Date(clock.now() + 180_000).toISOString();
  const lease: Lease = { holder: "i-dead", fencing: 41, expiresAt, released: false };
  await s3.send(new PutObjectCommand({ Bucket: "state", Key: "lease.json", Body: JSON.stringify(lease) }));
  const second = contend("i-second");
  await pass(180_000);
  expect(second.held()).toBeUndefined();
  await pass(60_000);
  expect(second.held()?.fencing).toBe(42);
  await second.held()?.release();
  await aws.close();
});

test("a holder that cannot renew knows it long before another can take over", async () => {
  const { aws, clock, contend, pass, stored } = await world();
  const first = contend("i-first");
  await first.lease;
  const { expiresAt } = await stored();
  aws.failCalls({ service: "s3" }, { code: "ServiceUnavailable", status: 503 });
  await pass(600_000);
  const lostAtMs = first.lostAtMs() ?? Number.NaN;
  expect(lostAtMs).toBeLessThanOrEqual(Date.parse(expiresAt) - LEASE_MARGIN_MS);
  expect(lostAtMs).toBeGreaterThan(clock.now() - 600_000);
  await aws.close();
});

test("a holder whose renewals hang knows it as early, and does not wait for them", async () => {
  const { aws, clock, contend, pass, stored } = await world();
  const first = contend("i-first");
  await first.lease;
  const { expiresAt } = await stored();
  const takenMs = clock.now();
  aws.delayCalls({ service: "s3" }, 3_600_000);
  await pass(119_999);
  expect(first.lostAtMs()).toBeUndefined();
  await pass(1);
  expect(first.lostAtMs()).toBe(Date.parse(expiresAt) - LEASE_MARGIN_MS);
  expect(first.lostAtMs()).toBe(takenMs + 120_000);
  const release = first.held()?.release();
  await runUntil(aws, clock, release ?? Promise.resolve());
  expect(clock.now() - takenMs).toBeLessThan(150_000);
  await aws.close();
});

test("a lease that was taken by a call without an answer is held at once", async () => {
  const { aws, clock, contend } = await world();
  aws.failCalls(
    { service: "s3", operation: "PutObject", times: 1 },
    { code: "InternalError", status: 500, afterwards: true },
  );
  const startMs = clock.now();
  const first = contend("i-first");
  const held = await runUntil(aws, clock, first.lease);
  expect({ fencing: held?.fencing, waits: first.waits }).toEqual({ fencing: 1, waits: [] });
  expect(clock.now() - startMs).toBeLessThan(10_000);
  await held?.release();
  await aws.close();
});

test("a renewal whose answer was lost is no loss of the lease", async () => {
  const { aws, contend, pass } = await world();
  const first = contend("i-first");
  await first.lease;
  aws.failCalls(
    { service: "s3", operation: "PutObject", times: 1 },
    { code: "InternalError", status: 500, afterwards: true },
  );
  await pass(300_000);
  expect(first.lostAtMs()).toBeUndefined();
  await first.held()?.release();
  await aws.close();
});

test("a lease whose last renewal had no answer is free as soon as it is released", async () => {
  const { aws, clock, contend, pass } = await world();
  const first = contend("i-first");
  await first.lease;
  aws.failCalls(
    { service: "s3", operation: "PutObject", times: 1 },
    { code: "InternalError", status: 500, afterwards: true },
  );
  await pass(31_000);
  await first.held()?.release();
  const startMs = clock.now();
  const second = await runUntil(aws, clock, contend("i-second").lease);
  expect(second?.fencing).toBe(2);
  expect(clock.now() - startMs).toBeLessThan(10_000);
  await second?.release();
  await aws.close();
});

test("who stops waiting lets go of a lease that a call without an answer may have taken", async () => {
  const { aws, contend, pass, stored } = await world();
  aws.failCalls(
    { service: "s3", operation: "PutObject", times: 1 },
    { code: "InternalError", status: 500, afterwards: true },
  );
  const end = new AbortController();
  const first = contend("i-first", end.signal);
  await pass(1000);
  expect(await stored()).toMatchObject({ holder: "i-first", released: false });
  end.abort();
  expect(await first.lease).toBeUndefined();
  expect(await stored()).toMatchObject({ holder: "i-first", fencing: 1, released: true });
  await aws.close();
});

test("a lease that somebody else took is lost", async () => {
  const { aws, s3, clock, contend, pass } = await world();
  const first = contend("i-first");
  await first.lease;
  const stolen: Lease = {
    holder: "i-thief",
    fencing: 2,
    expiresAt: new Date(clock.now() + 1e9).toISOString(),
    released: false,
  };
  await s3.send(new PutObjectCommand({ Bucket: "state", Key: "lease.json", Body: JSON.stringify(stolen) }));
  await pass(31_000);
  expect(first.lostAtMs()).toBeDefined();
  await first.held()?.release();
  expect(JSON.parse((await readText(s3, place))?.text ?? "")).toEqual(stolen);
  await aws.close();
});

test("waiting ends when it is told to", async () => {
  const { aws, contend, pass } = await world();
  const first = contend("i-first");
  await first.lease;
  const end = new AbortController();
  const second = contend("i-second", end.signal);
  await pass(1000);
  end.abort();
  expect(await second.lease).toBeUndefined();
  await first.held()?.release();
  await aws.close();
});
