import type { BuildHistory } from "../src/build-history.ts";
import type { LaunchTimes } from "../src/page/timeline.ts";
import type { Attempt, Step } from "../src/step.ts";

/** A build began then. */
export const BEGIN = new Date("2026-11-24T09:00:00Z");
export const after = (seconds: number): Date => new Date(BEGIN.getTime() + seconds * 1000);

/** What nobody should put into a page. */
export const HOSTILE = `<img src=x onerror=alert(1)> & "quotes" 'too'`;

export interface SampleBuild {
  readonly build: BuildHistory;
  readonly launches: LaunchTimes;
}

/** Per version a source, then packages for so many platforms, a person's approval, and a publication. One package fails, one is skipped. */
export function sampleBuild({ versions, platforms }: { versions: number; platforms: number }): SampleBuild {
  const launches = new Map<string, Date>();
  let instances = 0;
  /** By a worker that was launched then. */
  const attempt = (scheduled: number, started: number, ended: number, error?: string): Attempt => {
    const instance = `i-${String(instances++).padStart(17, "0")}`;
    launches.set(instance, after(scheduled + 10));
    const times = { scheduledAt: after(scheduled), startedAt: after(started), endedAt: after(ended), instance };
    return { ...times, ...(error !== undefined && { error, cause: "exit code 2" }) };
  };
  const steps: Step[] = [];
  for (let index = 0; index < versions; index++) {
    const version = `4.28.${index}`;
    const made = 300 + index * 9;
    const ofVersion = { per: "version", version, kind: "activity", state: "succeeded" } as const;
    steps.push({
      ...ofVersion,
      name: "MakeSourceTarball",
      key: `MakeSourceTarball-${version}`,
      enteredAt: after(2),
      endedAt: after(made),
      attempts: [attempt(5, 70, made)],
    });
    const packages = Array.from({ length: platforms }, (_, place) =>
      packageStep(attempt, { version, place, from: made + 1, isOdd: index === 0 && place === 1 }),
    );
    steps.push(...packages);
    const built = Math.max(...packages.map(({ endedAt = BEGIN }) => (endedAt.getTime() - BEGIN.getTime()) / 1000));
    steps.push({
      ...ofVersion,
      kind: "approval",
      name: "ApproveRelease",
      key: `ApproveRelease-${version}`,
      enteredAt: after(built),
      endedAt: after(built + 600),
      attempts: [{ scheduledAt: after(built), endedAt: after(built + 600) }],
    });
    steps.push({
      ...ofVersion,
      name: "PublishBinaryPackages",
      key: `PublishBinaryPackages-${version}`,
      enteredAt: after(built + 600),
      endedAt: after(built + 900),
      attempts: [attempt(built + 603, built + 700, built + 900)],
    });
  }
  const endMs = Math.max(...steps.map(({ endedAt = BEGIN }) => endedAt.getTime()));
  const build: BuildHistory = {
    state: steps.some(({ state }) => state === "failed") ? "failed" : "succeeded",
    startedAt: BEGIN,
    endedAt: new Date(endMs + 2000),
    redriveCount: 0,
    input: undefined,
    results: undefined,
    error: undefined,
    cause: undefined,
    lastEventId: 1,
    steps,
  };
  return { build, launches };
}

function packageStep(
  attempt: (scheduled: number, started: number, ended: number, error?: string) => Attempt,
  { version, place, from, isOdd }: { version: string; place: number; from: number; isOdd: boolean },
): Step {
  const platform = `debian-${place + 1}`;
  const key = `MakeBinaryPackage-${version}-${platform}`;
  const ended = from + 3000 + ((place * 13) % 11) * 200;
  const step = { per: "platform", version, platform, kind: "activity", name: "MakeBinaryPackage", key } as const;
  if (place === 2) {
    const reason = "s3://scratch/package.deb exists";
    return { ...step, state: "skipped", reason, enteredAt: after(from), endedAt: after(from + 1), attempts: [] };
  }
  if (!isOdd) {
    const attempts = [attempt(from + 2, from + 95, ended)];
    return { ...step, state: "succeeded", enteredAt: after(from), endedAt: after(ended), attempts };
  }
  return {
    ...step,
    state: "failed",
    error: "Muster.ScriptFailed",
    cause: HOSTILE,
    enteredAt: after(from),
    endedAt: after(ended),
    attempts: [
      attempt(from + 2, from + 95, from + 1200, "Muster.WorkerInterrupted"),
      attempt(from + 1320, from + 1500, ended, "Muster.ScriptFailed"),
    ],
  };
}
