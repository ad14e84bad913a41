import { expect, test } from "vitest";
import { virtualClock } from "../clock.ts";
import { countFaults, type FaultPlan, type InjectedFault } from "./fault-plan.ts";
import { createFaultSource } from "./fault-source.ts";

const HOUR_MS = 3_600_000;

function open(plan: FaultPlan) {
  const clock = virtualClock();
  const faults: InjectedFault[] = [];
  const source = createFaultSource(plan, { clock, onFault: (fault) => faults.push(fault) });
  /** Asks for an object's loss so often; the ids of the faults that came. */
  const put = (about: string, times: number) =>
    Array.from({ length: times }, () => source.ask("s3.lost", { of: "PutObject", about })?.id).filter(
      (id) => id !== undefined,
    );
  return { source, clock, faults, put };
}

const plan: FaultPlan = { seed: 7, rates: { "s3.lost": 0.3 } };

test("the same seed gives the same faults, another seed others, and about as many as the rate says", () => {
  const ids = open(plan).put("b/k", 1000);
  expect(open(plan).put("b/k", 1000)).toEqual(ids);
  expect(open({ ...plan, seed: 8 }).put("b/k", 1000)).not.toEqual(ids);
  expect(ids.length / 1000).toBeCloseTo(0.3, 1);
  expect(ids[0]).toMatch(/^s3\.lost\/PutObject b\/k#\d+$/);
});

test("what happens to one thing does not shift what happens to others, in whatever order they come up", () => {
  const alone = open(plan).put("b/two", 100);
  const between = open(plan);
  const mixed = Array.from({ length: 100 }, (_, n) => {
    between.put(`b/${n}`, n % 3);
    return between.put("b/two", 1);
  }).flat();
  expect(mixed).toEqual(alone);
});

test("a fault that is switched off leaves all others; one that is singled out comes alone", () => {
  const ids = open(plan).put("b/k", 100);
  const [first = "", second = "", ...rest] = ids;
  expect(open({ ...plan, without: [second] }).put("b/k", 100)).toEqual([first, ...rest]);
  expect(open({ ...plan, only: [second] }).put("b/k", 100)).toEqual([second]);
});

test("a higher rate adds faults to those of a lower one", () => {
  const few = open(plan).put("b/k", 200);
  const more = open({ ...plan, rates: { "s3.lost": 0.6 } }).put("b/k", 200);
  expect(more).toEqual(expect.arrayContaining(few));
  expect(more.length).toBeGreaterThan(few.length);
});

test("ids that AWS makes up do not tell occasions apart: they differ where a world takes another course", () => {
  const { source } = open({ ...plan, rates: { "s3.lost": 1 } });
  const idOf = (about: string) => source.ask("s3.lost", { of: "PutObject", about })?.id;
  expect(idOf("logs/i-0123456789abcdef0/agent.log")).toBe("s3.lost/PutObject logs/*/agent.log#1");
  expect(idOf("logs/i-00000000000000000/agent.log")).toBe("s3.lost/PutObject logs/*/agent.log#2");
});

test("what may meet one of several faults has one number for all of them: a fault that hides others does not shift them", () => {
  const rates = { "s3.throttled": 0.3, "s3.lost": 0.3 };
  const walk = (without: string[] = []) => {
    const { source } = open({ seed: 7, rates, without });
    return Array.from({ length: 100 }, () => {
      const call = source.number("s3", { of: "PutObject" });
      return (source.ask("s3.throttled", call) ?? source.ask("s3.lost", call))?.id;
    }).filter((id) => id !== undefined);
  };
  const ids = walk();
  const hiding = ids.filter((id) => id.startsWith("s3.throttled"));
  for (const id of hiding) {
    const instead = id.replace("throttled", "lost");
    expect(walk([id]).filter((other) => other !== instead)).toEqual(ids.filter((other) => other !== id));
  }
});

test("rates by name concern these names alone", () => {
  const { source } = open({ seed: 1, rates: { "ec2.throttled": { CreateFleet: 1 } } });
  expect(source.ask("ec2.throttled", { of: "CreateTags" })).toBeUndefined();
  expect(source.ask("ec2.throttled", { of: "constructor" })).toBeUndefined();
  expect(source.ask("ec2.throttled", { of: "CreateFleet" })?.id).toBe("ec2.throttled/CreateFleet#1");
});

test("a spell lasts from the shortest time up to an hour, is one fault however often it is felt, and can be switched off", () => {
  const rates = { "logs.down": 0.5 };
  const walk = (changed: Partial<FaultPlan> = {}) => {
    const world = open({ seed: 5, rates, ...changed });
    const minutes: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute++) {
      const spell = world.source.spell("logs.down", { of: "logs" }, 600_000);
      spell?.happens("down");
      if (spell !== undefined) minutes.push(minute);
      world.clock.advance(60_000);
    }
    return { faults: world.faults, minutes };
  };
  const { faults, minutes } = walk();
  expect(faults.length).toBeGreaterThan(5);
  expect(minutes.length).toBeGreaterThan(faults.length * 9);
  expect(minutes.length).toBeLessThanOrEqual(faults.length * 60);
  expect(walk({ only: [faults[2]?.id ?? ""] }).faults).toEqual([faults[2]]);
  expect(countFaults(faults)).toEqual(new Map([["logs.down", faults.length]]));
});

test("moments of the first day are known beforehand", () => {
  const { source, clock } = open({ seed: 3, rates: { deployment: 0.5 } });
  const moments = source.moments("deployment", { of: "stage" });
  expect(moments.length).toBeGreaterThan(5);
  for (const [index, { atMs, mishap }] of moments.entries()) {
    expect(mishap.id).toMatch(/^deployment\/stage#\d+$/);
    expect(atMs).toBeGreaterThanOrEqual(moments[index - 1]?.atMs ?? clock.now());
    expect(atMs).toBeLessThan(clock.now() + 24 * HOUR_MS);
  }
});

test.each([
  [{ "s3.los": 1 }, '"s3.los" is no kind of fault; faultKinds lists them'],
  [{ "s3.lost": 2 }, "the rate of s3.lost must be a number from 0 to 1, not 2"],
  [{ "s3.lost": { PutObject: -1 } }, "the rate of s3.lost must be a number from 0 to 1, not -1"],
])("a plan of %j is refused in one line that names what is wrong", (rates, message) => {
  expect(() => open({ seed: 1, rates: rates as never })).toThrow(message);
});
