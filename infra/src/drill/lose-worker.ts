import { DescribeInstancesCommand, type Instance } from "@aws-sdk/client-ec2";
import { ErrorName } from "@muster/pipeline";
import { compared, type Drill, held, notHeld, notRehearsed, type Outcome } from "./drill.ts";
import { type Attempt, startDrillBuild, stopDrillBuild, untilEnded, untilSeen } from "./drill-build.ts";

export interface Loss {
  readonly step: string;
  /** Takes the machine away; answers why it cannot, where it cannot. */
  readonly lose: (instance: Instance) => Promise<string | undefined>;
  /** What EC2 says of such a machine, on the local stage. */
  readonly stateReason: string;
  /** How the task of such a machine ends there; undefined where that depends on what is noticed first. */
  readonly error?: string;
  /** Whether the machine is told before, long enough for its task to be done. */
  readonly warned?: boolean;
}

/** A build whose first worker is lost with its task: another one must do the task, and the build succeed. */
export async function loseWorker(drill: Drill, loss: Loss): Promise<Outcome> {
  const build = await startDrillBuild(drill, loss.step);
  const victim = await untilSeen(drill, build, (attempts) =>
    attempts.find(({ instanceId, end }) => instanceId !== undefined && end === undefined),
  );
  if (victim?.instanceId === undefined) {
    const { status } = await untilEnded(drill, build);
    if (status === "SUCCEEDED") return notRehearsed("no task took long enough for its worker to be seen with it");
    return notHeld([`no worker took a task of ${build.name}, which ${status.toLowerCase()}`]);
  }
  const lostMs = drill.clock.now();
  const refusal = await loss.lose(await instanceNamed(drill, victim.instanceId));
  if (refusal !== undefined) {
    await stopDrillBuild(drill, build);
    return notRehearsed(refusal);
  }
  const { status, attempts } = await untilEnded(drill, build);
  const machine = await untilGone(drill, victim.instanceId);
  return judge({ victim, attempts, status, lostMs, machine }, loss);
}

interface Seen {
  readonly victim: Attempt;
  readonly attempts: readonly Attempt[];
  /** Of the build. */
  readonly status: string;
  readonly lostMs: number;
  readonly machine: Instance;
}

function judge({ victim, attempts, status, lostMs, machine }: Seen, { warned, stateReason, error }: Loss): Outcome {
  const ofTask = attempts.filter(({ task }) => task === victim.task);
  const first = ofTask.find(({ instanceId }) => instanceId === victim.instanceId);
  const wasDone = first?.end !== undefined && first.end.error === undefined;
  if (wasDone && !warned) return notRehearsed(`${victim.task} was done before its worker was gone: once more`);
  const otherwise = [
    ...compared("EC2's reason for the machine's end", machine.StateReason?.Code, stateReason),
    ...(error === undefined || wasDone ? [] : compared("the end of its task", first?.end?.error, error)),
  ];
  const again = ofTask.some(
    ({ instanceId, end }) => instanceId !== victim.instanceId && end?.error === undefined && end,
  );
  const noticed = first?.end === undefined ? "" : ` after ${Math.round((first.end.atMs - lostMs) / 1000)} s`;
  const saw = [
    ...(wasDone
      ? [`${victim.task} was done in the time between notice and end`]
      : [
          `${victim.task} was taken from its worker${noticed} (${first?.end?.error ?? "no end"})`,
          again ? "another worker did it" : "no other worker did it",
        ]),
    `the build ${status.toLowerCase()}`,
  ];
  return (again || wasDone) && status === "SUCCEEDED" ? held(saw, otherwise) : notHeld(saw, otherwise);
}

const GONE_MS = 5 * 60_000;
const LOOK_MS = 10_000;

/** EC2 says why a machine ended once it has. */
async function untilGone(drill: Drill, instanceId: string): Promise<Instance> {
  for (const start = drill.clock.now(); ; await drill.clock.sleep(LOOK_MS)) {
    const machine = await instanceNamed(drill, instanceId);
    if (machine.StateReason?.Code || drill.clock.now() - start > GONE_MS) return machine;
  }
}

export async function instanceNamed({ clients }: Pick<Drill, "clients">, instanceId: string): Promise<Instance> {
  const { Reservations } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return Reservations?.[0]?.Instances?.[0] ?? { InstanceId: instanceId };
}

/** How the local stage ends a task whose machine is gone. */
export const INTERRUPTED: string = ErrorName.workerInterrupted;
