import { Lease } from "@muster/pipeline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalState, localState } from "../testing/local-state.ts";
import { leaseTaker, releaseLease, renewLease, type StoredLease } from "./lease.ts";

const key = "lease.json";
const PUT = { service: "s3", operation: "PutObject", times: 1 };
/** S3 has stored it, and says nothing of it. */
const LOST = { code: "InternalError", status: 500, afterwards: true };
const CONFLICT = { code: "ConditionalRequestConflict", status: 409 };
/** The SDK's later tries do not get through. */
const UNREACHABLE = { code: "ServiceUnavailable", status: 503 };

let state: LocalState;
beforeEach(async () => {
  state = await localState();
});
afterEach(() => state[Symbol.asyncDispose]());

/** Another may take it 60 s after it was taken: half of that is what clocks may differ. */
function contender(holder: string) {
  const at = (seconds: number) => ({
    records: state.records,
    key,
    holder,
    leaseMs: 30_000,
    now: () => Date.UTC(2026, 0, 1, 0, 0, seconds),
  });
  return {
    async take(seconds = 0): Promise<StoredLease | undefined> {
      const taking = await leaseTaker(at(seconds))();
      return taking.kind === "held" ? taking.lease : undefined;
    },
    taker: (seconds = 0) => leaseTaker(at(seconds)),
    renew: (lease: StoredLease, seconds = 0) => renewLease(at(seconds), lease),
    release: (lease: StoredLease) => releaseLease(at(0), lease),
  };
}
const held = (lease: StoredLease | undefined): StoredLease => lease ?? expect.fail("the lease is not held");
const stored = async () => (await state.records.read(key, Lease))?.value;

test("of many who want a lease at the same moment one gets it", async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => contender(`h${index}`).take()));
  expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
});

test("a lease is free when it is released or has expired, and its number grows with each holder", async () => {
  const [a, b, c] = [contender("a"), contender("b"), contender("c")];
  const first = held(await a.take());
  expect(await b.take(59)).toBeUndefined();
  await a.release(first);
  const second = await b.take(59);
  expect(second?.value.fencing).toBe(2);
  expect((await c.take(120))?.value.fencing).toBe(3);
});

test("holders of a lease tell one another, and a holder that has not let go has said nothing new", async () => {
  const at = (holder: string, seconds: number) => ({
    records: state.records,
    key,
    holder,
    leaseMs: 30_000,
    now: () => Date.UTC(2026, 0, 1, 0, 0, seconds),
    carry: (last: Lease | undefined) => ({ unsettledSince: last?.unsettledSince ?? "2026-01-01T00:00:00Z" }),
  });
  const take = async (holder: string, seconds: number) => {
    const taking = await leaseTaker(at(holder, seconds))();
    return held(taking.kind === "held" ? taking.lease : undefined);
  };
  await releaseLease(at("a", 0), await take("a", 0), { unsettledSince: null });
  expect(await stored()).toMatchObject({ released: true, unsettledSince: null });
  await take("b", 1);
  expect((await take("c", 120)).value.unsettledSince).toBe("2026-01-01T00:00:00Z");
});

test("who waits is told for whom", async () => {
  await contender("a").take();
  expect(await contender("b").taker()()).toEqual({ kind: "taken", by: "a" });
});

test("a renewed lease is held for as long again", async () => {
  const [a, b] = [contender("a"), contender("b")];
  const renewed = await a.renew(held(await a.take()), 25);
  expect(renewed?.value.fencing).toBe(1);
  expect(await b.take(84)).toBeUndefined();
  expect((await b.take(85))?.value.fencing).toBe(2);
});

test("who comes back after another took over can neither renew nor release the other's lease", async () => {
  const late = held(await contender("a").take());
  await contender("b").take(61);
  expect(await contender("a").renew(late, 62)).toBeUndefined();
  await contender("a").release(late);
  expect(await stored()).toMatchObject({ holder: "b", released: false });
});

test("a holder that did not let go of an earlier lease waits for it as for another's", async () => {
  await contender("a").take();
  expect(await contender("a").take(59)).toBeUndefined();
  expect((await contender("a").take(60))?.value.fencing).toBe(2);
});

test("a record that Muster did not write is refused by key", async () => {
  await state.records.write(key, { holder: 7 });
  await expect(contender("a").take()).rejects.toThrow(/^s3:\/\/state\/lease\.json is not a record that Muster wrote: /);
});

test.each([
  ["that was lost", LOST],
  ["of another write under way", CONFLICT],
])("a lease is taken, renewed and released through one answer %s", async (_, fault) => {
  const a = contender("a");
  state.aws.failCalls(PUT, fault);
  const taken = held(await a.take());
  expect(await stored()).toMatchObject({ holder: "a", fencing: 1 });
  state.aws.failCalls(PUT, fault);
  const renewed = held(await a.renew(taken, 20));
  expect(await stored()).toEqual(renewed.value);
  state.aws.failCalls(PUT, fault);
  await a.release(renewed);
  expect(await stored()).toMatchObject({ holder: "a", fencing: 1, released: true });
});

test("a lease that was taken by a call that failed is held by the next", async () => {
  const take = contender("a").taker();
  state.aws.failCalls(PUT, LOST);
  state.aws.failCalls({ ...PUT, times: 2 }, UNREACHABLE);
  await expect(take()).rejects.toThrow();
  expect(await take()).toMatchObject({ kind: "held", lease: { value: { holder: "a", fencing: 1 } } });
});

test("a lease that was renewed by a call that failed is held, and can be released", async () => {
  const a = contender("a");
  const taken = held(await a.take());
  state.aws.failCalls(PUT, LOST);
  state.aws.failCalls({ ...PUT, times: 2 }, UNREACHABLE);
  await expect(a.renew(taken, 20)).rejects.toThrow();
  expect((await a.renew(taken, 25))?.value.fencing).toBe(1);
  await a.release(taken);
  expect(await stored()).toMatchObject({ fencing: 1, released: true });
});
