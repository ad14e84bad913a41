import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { type Drill, held, notHeld, notRehearsed, type Outcome } from "./drill.ts";
import { startDrillBuild, untilEnded } from "./drill-build.ts";
import { INTERRUPTED, loseWorker } from "./lose-worker.ts";
import { machineRules, withoutRules } from "./lost-event.ts";
import { reaperCycle } from "./reaper-cycle.ts";
import { teardown } from "./teardown.ts";

async function fakeBuild(drill: Drill): Promise<Outcome> {
  const { status, attempts } = await untilEnded(drill, await startDrillBuild(drill, "build"));
  const workers = new Set(attempts.flatMap(({ instanceId }) => instanceId ?? []));
  const failed = attempts.filter(({ end }) => end?.error !== undefined);
  const saw = [
    `the build ${status.toLowerCase()}: ${attempts.length} tasks on ${workers.size} workers`,
    ...failed.map(({ task, end }) => `${task} failed as ${end?.error}`),
  ];
  return status === "SUCCEEDED" && attempts.length > 0 && failed.length === 0 ? held(saw) : notHeld(saw);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html */
const TERMINATED = "Client.UserInitiatedShutdown";
const TAKEN_BACK = "Server.SpotInstanceTermination";

const terminate = ({ clients }: Drill, instanceId: string | undefined) =>
  clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId ?? ""] }));

const killedWorker = (drill: Drill): Promise<Outcome> =>
  loseWorker(drill, {
    step: "killed worker",
    stateReason: TERMINATED,
    error: INTERRUPTED,
    lose: async ({ InstanceId }) => {
      await terminate(drill, InstanceId);
      return undefined;
    },
  });

async function spotInterruption(drill: Drill): Promise<Outcome> {
  const { interruptSpot, pipeline } = drill;
  if (
    drill.description.spot === "never" ||
    pipeline.activities.every(({ worker }) => !worker.market?.startsWith("spot"))
  )
    return notRehearsed("no step of this stage has workers on spot capacity");
  if (interruptSpot === undefined)
    return notRehearsed("nobody may interrupt: --spot-role names the role that AWS Fault Injection Service takes");
  return loseWorker(drill, {
    step: "spot interruption",
    stateReason: TAKEN_BACK,
    error: INTERRUPTED,
    warned: true,
    lose: async ({ InstanceId = "", InstanceLifecycle }) => {
      if (InstanceLifecycle !== "spot") return "the first worker of the build was not on spot capacity";
      await interruptSpot(InstanceId);
      return undefined;
    },
  });
}

async function lostEvent(drill: Drill): Promise<Outcome> {
  const rules = await machineRules(drill);
  if (rules.length === 0) return notRehearsed("no rule tells this stage of its machines");
  return withoutRules(drill, rules, () =>
    loseWorker(drill, {
      step: "lost event",
      stateReason: TERMINATED,
      lose: async ({ InstanceId }) => {
        await terminate(drill, InstanceId);
        return undefined;
      },
    }),
  );
}

/** A drill's steps, in their order. */
export const DRILL_STEPS = {
  build: fakeBuild,
  "killed-worker": killedWorker,
  "spot-interruption": spotInterruption,
  "lost-event": lostEvent,
  reaper: reaperCycle,
  teardown,
} as const satisfies Readonly<Record<string, (drill: Drill) => Promise<Outcome>>>;
export type DrillStep = keyof typeof DRILL_STEPS;
