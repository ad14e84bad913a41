import { join } from "node:path";
import { DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { createHandlers } from "@muster/lambdas";
import { createLocalAws } from "@muster/local";
import type { StageDescription } from "@muster/pipeline";
import { agentProgram } from "@muster/worker-agent";
import { explainError } from "../../explain-error.ts";
import type { Stage, StageNeeds } from "../stage.ts";
import { busyWorkers } from "./busy-workers.ts";
import { describeLocalStage, LOCAL_ACCOUNT, LOCAL_REGION } from "./describe-local-stage.ts";
import { findRepository } from "./find-repository.ts";
import { keepHeapSmall } from "./keep-heap-small.ts";
import { lateFunctions } from "./late-functions.ts";
import { workerProfile } from "./launch-templates.ts";
import { clientsAtHand, localClients } from "./local-clients.ts";
import type { LocalPlace } from "./local-place.ts";
import { notifiedHere } from "./notified-here.ts";
import { announceReady } from "./ready-file.ts";
import { reapHourly } from "./reap-hourly.ts";
import { reportDamage } from "./report-damage.ts";
import { runWorkerProcess } from "./run-worker-process.ts";
import { secretsManagerHere } from "./secrets-here.ts";
import { setUpStage } from "./set-up-stage.ts";
import { settledCalls } from "./settled-calls.ts";
import { stageInFolder } from "./stage-in-folder.ts";
import { sweepInstances } from "./sweep-instances.ts";
import { takeOver } from "./take-over.ts";
import { tellingLog } from "./tell-here.ts";

/** Takes the folder, lets what was under way go on, and keeps workers running until the stage is closed. */
export async function ownStage(
  place: LocalPlace,
  { timeScale, port = 0, allowedHosts = [] }: StageNeeds,
): Promise<Stage> {
  const { dir, loaded, options } = place;
  const { env, print } = options;
  keepHeapSmall();
  const functions = lateFunctions();
  let url = "";
  const instances = join(dir, "run");
  const damage = reportDamage(print, { machine: loaded.pipeline.name, verdict: "is damaged and was set aside" });
  const aws = createLocalAws({
    dir,
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    functions: functions.byName,
    ec2: { instanceProfiles: [workerProfile(loaded.pipeline.name)] },
    runInstance: runWorkerProcess({
      dir: instances,
      url: () => url,
      home: env.home,
      dummySeconds: env.dummySeconds,
      repository: findRepository(loaded.folder),
    }),
    onDamaged: damage.onDamaged,
    ...(timeScale !== undefined && { timeScale }),
    // Workers leave between polls.
    ...(env.idleSeconds !== undefined && { longPollMs: Math.min(Number(env.idleSeconds), 60) * 1000 }),
  });
  try {
    await sweepInstances(instances);
    ({ url } = await aws.listen({ port, allowedHosts }));
    const clients = localClients(aws.clientConfig());
    const notifies = notifiedHere(loaded.pipeline, env.notify);
    const description = describeLocalStage(loaded.pipeline, { dir, subnets: await subnetsOf(clients.ec2), notifies });
    // The reaper waits for as long as workers here wait for tasks.
    const policy = env.idleSeconds === undefined ? {} : { policy: { idleSeconds: Number(env.idleSeconds) } };
    const handlers = createHandlers(
      loaded.pipeline,
      { ...description, ...policy },
      {
        ...clients,
        ...(Object.keys(notifies).length > 0 && { secretsManager: await secretsManagerHere(aws.clientConfig(), env) }),
        log: tellingLog(print),
      },
    );
    const keeping = settledCalls(handlers.KeepPage);
    const telling = settledCalls(handlers.Notify);
    functions.provide(description, { ...handlers, KeepPage: keeping.call, Notify: telling.call });
    await setUpStage(loaded, description, {
      clients,
      agent: agentProgram(),
      idleSeconds: env.idleSeconds,
    });
    await takeOver({ aws, clients, description });
    announceReady(dir, { pipeline: loaded.pipeline.name });
    const endReaper = reapHourly(
      () => handlers.Reap({}),
      (error) => print.error({ message: `old records stay: ${explainError(error).message}`, hint: undefined }),
    );
    return {
      ...stageInFolder(place, description, clientsAtHand(clients)),
      damagedBuilds: damage.builds,
      movedBy: "here",
      busyWorkers: () => busyWorkers(clients.ec2),
      url,
      async close() {
        await endReaper();
        await keeping.settled();
        await telling.settled();
        await aws.close();
      },
    };
  } catch (error) {
    await aws.close();
    throw error;
  }
}

/** Where workers may be launched. */
async function subnetsOf(ec2: EC2Client): Promise<StageDescription["subnets"]> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  return Subnets.map(({ SubnetId = "", AvailabilityZone = "" }) => ({ id: SubnetId, zone: AvailabilityZone }));
}
