import { expect, test } from "vitest";
import { failureLine } from "../failure-message.ts";
import type { FailedStep } from "../results.ts";
import { groupFailures, type OneFailure } from "./group-failures.ts";
import { type EarlierBuild, failedAlike, sinceWhen } from "./since-when.ts";

interface Failing {
  readonly version?: string;
  readonly platform?: string;
  readonly step?: string;
  readonly line?: string;
  readonly exit?: number;
  readonly ec2?: string;
}

function failed({
  version = "1.2.3",
  platform = "debian-12-bookworm",
  step = "Make",
  line = "a.c:1: error: no",
  exit = 2,
  ec2 = "i-0a1b2c3d4e",
}: Failing = {}): FailedStep {
  const Cause = JSON.stringify({ ec2, time_sec: "318", exit, line });
  return { per: "platform", version, platform, step, failure: { Error: "Muster.ScriptFailed", Cause } };
}

const failure = (failing?: Failing): OneFailure => ({ failed: failed(failing) });
const sizes = (...failures: Failing[]) => groupFailures(failures.map(failure)).map(({ members }) => members.length);

test("the same error is one cause, whatever numbers, addresses and names of its place stand in it", () => {
  const of = (platform: string, number: string, ec2: string): Failing => ({
    platform,
    ec2,
    line: `/build/1.2.3/${platform}/x.c:${number}: error: 0x7f00${number} in i-${number}abcdef0`,
  });
  expect(sizes(of("debian-12-bookworm", "1234", "i-1"), of("ubuntu-24.04-noble", "99", "i-2"))).toEqual([2]);
  const ninety = Array.from({ length: 90 }, (_, index) => of(`platform-${index}`, `${index}`, `i-${index}`));
  expect(sizes(...ninety)).toEqual([90]);
});

test("another step, exit code or line is another cause, in the order of the results", () => {
  expect(sizes({}, { step: "Publish" }, { exit: 3 }, { line: "b.c:1: error: yes" }, {})).toEqual([2, 1, 1, 1]);
});

function before(...builds: (readonly Failing[])[]): EarlierBuild[] {
  return builds.map((failures, index) => ({
    name: `build-${index}`,
    failures:
      failures.length === 0
        ? []
        : ["The following steps have failed:", ...failures.map((of) => failureLine(failed(of)))],
  }));
}

function since(...builds: (readonly Failing[])[]): string {
  const [group] = groupFailures([failure()]);
  const earlier = before(...builds);
  return sinceWhen(failedAlike(group as NonNullable<typeof group>, earlier), earlier);
}

const other: Failing = { line: "something else" };
const nightly: Failing = {
  version: "2026.11.29",
  platform: "ubuntu-24.04-noble",
  line: "a.c:7: error: no",
  ec2: "i-9",
};

test("since when it is so is told from the builds before, whatever their versions", () => {
  expect(since()).toBe("");
  expect(since([])).toBe("not in the build before");
  expect(since([other], [], [{ step: "Publish" }])).toBe("not in the 3 builds before");
  expect(since([nightly])).toBe("in the build before too");
  expect(since([nightly], [other, nightly], [{}])).toBe("in the 3 builds before too");
  expect(since([nightly], [other], [{}])).toBe("in the build before too, since build-0");
  expect(since([{}], [{}], [])).toBe("in the 2 builds before too, since build-1");
  expect(since([], [other], [nightly])).toBe("not in the build before, but in build-2");
});

test("a cause that had no room for what logs say still tells the step and its error", () => {
  const [group] = groupFailures([failure({ line: `a.c:1: error: ${"no ".repeat(90)}` })]);
  const cut = (line: string) => [{ name: "b", failures: [line] }];
  const alike = (line: string) => failedAlike(group as NonNullable<typeof group>, cut(line));
  expect(
    alike("Make 1.2.2 debian-12-bookworm i-1 Muster.ScriptFailed, exit 2, after 7 s: a.c:1: error: no no…"),
  ).toEqual([true]);
  expect(alike("Make 1.2.2 debian-12-bookworm i-1 Muster.ScriptFailed, exit 2, after 7 s")).toEqual([true]);
  expect(alike("Make 1.2.2 debian-12-bookworm i-1 Muster.ScriptFailed, exit 3, after 7 s")).toEqual([false]);
  expect(alike("Make 1.2.2 debian-12-bookworm i-1 Muster.ScriptFailed, exit 2, after 7 s: yes")).toEqual([false]);
});

test("a failure of a function has no instance, in the builds before neither", () => {
  const place = { per: "version", version: "1.2.3", step: "Make" } as const;
  const lambda = { Error: "Muster.InvalidConfiguration", Cause: '{"errorMessage":"no template"}' };
  const [group] = groupFailures([{ failed: { ...place, failure: lambda }, key: "key" }]);
  const earlier = [{ name: "b", failures: [failureLine({ ...place, version: "1.2.2", failure: lambda })] }];
  expect(failedAlike(group as NonNullable<typeof group>, earlier)).toEqual([true]);
});
