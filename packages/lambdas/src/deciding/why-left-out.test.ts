import { expect, test } from "vitest";
import { whyLeftOut } from "./why-left-out.ts";

const version = { per: "version", version: "1.2.3", platforms: [], buildPlatforms: [] } as const;
const platform = { ...version, per: "platform", platform: "debian" } as const;
const failure = { Error: "Muster.ScriptFailed" };
const onPlatforms = (...platforms: string[]) => ({
  ForEachPlatform: platforms.map((each) => ({ platform: each, results: { Make: { failure } } })),
});
const wants = { runsWhen: "predecessors-succeeded" } as const;

test("a step that says nothing goes by the steps of its branch, not by what is inside of others", () => {
  expect(whyLeftOut({ activity: {}, subject: version }, [onPlatforms("debian")])).toBeUndefined();
  expect(whyLeftOut({ activity: {}, subject: version }, [{ Fetch: { failure } }])).toBe("Fetch failed");
  expect(whyLeftOut({ activity: {}, subject: version }, undefined)).toBeUndefined();
});

test("one that wants success goes by all of them, and a platform's by no other platform", () => {
  const before = [{ PrepareToSign: { failure } }, [onPlatforms("debian", "ubuntu"), [{ Fetch: { success: {} } }]]];
  expect(whyLeftOut({ activity: wants, subject: version }, before)).toBe("Sign, Make debian, Make ubuntu failed");
  expect(whyLeftOut({ activity: wants, subject: platform }, [onPlatforms("ubuntu")])).toBeUndefined();
  expect(whyLeftOut({ activity: wants, subject: platform }, before)).toBe("Sign, Make debian failed");
  expect(whyLeftOut({ activity: { runsWhen: "always" }, subject: version }, before)).toBeUndefined();
});

test("many failures are counted", () => {
  const before = [onPlatforms("a", "b", "c", "d", "e")];
  expect(whyLeftOut({ activity: wants, subject: version }, before)).toBe("Make a, Make b, Make c and 2 more failed");
});

test("what follows an approval that asked for nothing is left out too", () => {
  const before = [{ Approve: { skip: true, reason: "published", endsHere: true } }];
  expect(whyLeftOut({ activity: {}, subject: version }, before)).toBe("Approve had nothing to ask for");
  expect(whyLeftOut({ activity: wants, subject: version }, before)).toBe("Approve had nothing to ask for");
});
