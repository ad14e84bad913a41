import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  scratch,
  type TaskInput,
} from "@muster/pipeline";
import type { Played, stageInTime } from "../testing/stage-in-time.ts";

const small = { instanceTypes: ["t3.micro"] } as const;

/** What the transcripts are about: sources of a version, packages on spot machines, one publication. */
export const hello = definePipeline({
  name: "hello",
  summary: "Packages of hello",
  platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
  flow: forEachVersion(
    activity({
      name: "MakeSource",
      per: "version",
      script: "make-source.sh",
      timeout: minutes(30),
      worker: small,
      produces: ({ version }) => [scratch(`${version}.tar.gz`)],
      estimatedDuration: minutes(2),
    }),
    forEachPlatform(
      activity({
        name: "MakePackage",
        per: "platform",
        script: "make-package.sh",
        timeout: hours(1),
        worker: { instanceTypes: ["r6i.4xlarge", "r6a.4xlarge"], market: "spot" },
        retries: [{ maxAttempts: 1, interval: 60 }],
        produces: ({ version, platform }) => [scratch(`${version}/${platform}.deb`)],
        estimatedDuration: minutes(20),
      }),
    ),
    activity({
      name: "Publish",
      per: "version",
      script: "publish.sh",
      timeout: minutes(30),
      worker: small,
      exclusive: true,
      runsWhen: "predecessors-succeeded",
      publishes: ({ version }) => [downloads(`${version}/SHA256SUMS`)],
      estimatedDuration: minutes(3),
    }),
  ),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

export const scripts = ["make-source.sh", "make-package.sh", "publish.sh", "dummy.sh"] as const;

type Time = Awaited<ReturnType<typeof stageInTime>>;

/** A state of a stage that somebody may look at. */
export interface TranscriptWorld {
  readonly name: string;
  /** Of scripts that do something else than their work. */
  play?(task: TaskInput): Played | undefined;
  /** Before the build begins. */
  before?(time: Time): unknown;
  /** Called at each moment while the build runs. */
  during?(time: Time, executionArn: string): Promise<unknown> | unknown;
  /** Seconds after which it is looked at though it runs. */
  readonly after?: number;
  /** How often it is built. */
  readonly builds?: number;
  /** Command lines that follow, which change something. */
  readonly afterwards?: readonly string[];
}

/** The task about which is asked: one that has something to tell. */
export const TASK = "MakePackage-1.2.3-ubuntu-24.04-noble";

export function work(task: TaskInput): Played {
  const { version = "", platform = "" } = { version: "", platform: "", ...task };
  switch (task.activity) {
    case "MakeSource":
      return { seconds: 100, prints: ["fetching", "packed"], stores: { scratch: `${version}.tar.gz` } };
    case "MakePackage":
      return { seconds: 1000, prints: ["compiling", "linking"], stores: { scratch: `${version}/${platform}.deb` } };
    default:
      return { seconds: 150, prints: ["signed"], stores: { downloads: `${version}/SHA256SUMS` } };
  }
}

const isTask = ({ name }: TaskInput): boolean => name === TASK;

/** Reclaims the machine of the first package that runs for ten minutes, once. */
function losesSpot(): TranscriptWorld["during"] {
  let isLost = false;
  return ({ aws, now }) => {
    if (isLost || +now() < Date.UTC(2026, 10, 24, 12, 14)) return;
    const [machine] = aws.ec2
      .instances()
      .filter(({ tags, state }) => state === "running" && tags["muster:task"] === TASK);
    if (machine === undefined) return;
    isLost = true;
    aws.ec2.interruptSpot(machine.instanceId);
  };
}

function stops(): TranscriptWorld["during"] {
  let isStopped = false;
  return async ({ stage, now }, executionArn) => {
    if (isStopped || +now() < Date.UTC(2026, 10, 24, 12, 10)) return;
    isStopped = true;
    const cause = "muster stop by bob";
    await stage.sfn.send(new StopExecutionCommand({ executionArn, error: "Muster.Stopped", cause }));
  };
}

export const worlds: readonly (() => TranscriptWorld)[] = [
  () => ({ name: "all-green" }),
  () => ({ name: "all-skipped", builds: 2 }),
  () => ({
    name: "one-failure",
    play: (task) =>
      isTask(task) ? { seconds: 318, prints: ["compiling", "foo.cpp:12:3: error: no such thing"], exit: 2 } : undefined,
  }),
  () => ({ name: "spot-loss", during: losesSpot() }),
  () => ({
    name: "no-capacity",
    before({ aws }) {
      for (const instanceType of ["r6i.4xlarge", "r6a.4xlarge"]) aws.ec2.faults.limitCapacity({ instanceType }, 0);
    },
    after: 1500,
  }),
  () => ({ name: "stopped", during: stops() }),
  () => ({ name: "running", after: 600, afterwards: ["stop 1.2.3", "status", "status --follow"] }),
];
