import { DescribeInstancesCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { Lease } from "@muster/pipeline";
import { isFree, stateFolder, stateRecords, WorkerTag } from "@muster/records";
import { type Drill, held, notHeld, type Outcome } from "./drill.ts";

const LEAVE_MS = 25 * 60_000;
const LOOK_MS = 30_000;

/**
 * Whether the stage can be taken down: nothing is at work, machines end by themselves, and with them their volumes, what they had claimed and the leases that
 * they held. Says what a destroy would meet, and takes nothing away.
 */
export async function teardown(drill: Drill): Promise<Outcome> {
  const { clock } = drill;
  const start = clock.now();
  let left = await leftBehind(drill);
  for (; left.length > 0 && clock.now() - start < LEAVE_MS; left = await leftBehind(drill)) await clock.sleep(LOOK_MS);
  const [builds, full] = [await runningBuilds(drill), await fullBuckets(drill)];
  const still = [...builds.map((name) => `${name} still runs`), ...left.map((what) => `${what} is still there`)];
  if (still.length > 0) return notHeld(still);
  const minutes = Math.round((clock.now() - start) / 60_000);
  const seen = (await volumes(drill)) === undefined ? "machine" : "machine, volume";
  return held([`no ${seen}, claim or held lease was left after ${minutes} min`, ...whatDestroyMeets(drill, full)]);
}

async function leftBehind(drill: Drill): Promise<string[]> {
  const [found = [], ...rest] = await Promise.all([volumes(drill), machines(drill), claims(drill), leases(drill)]);
  return [found, ...rest].flat();
}

const ofStage = ({ description }: Drill) => ({ Name: `tag:${WorkerTag.stage}`, Values: [description.stage] });

async function machines(drill: Drill): Promise<string[]> {
  const states = ["pending", "running", "shutting-down", "stopping", "stopped"];
  const { Reservations = [] } = await drill.clients.ec2.send(
    new DescribeInstancesCommand({ Filters: [ofStage(drill), { Name: "instance-state-name", Values: states }] }),
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances).map(({ InstanceId = "" }) => InstanceId);
}

/** Launch templates tag a machine's volumes as they tag the machine, and have them end with it; undefined where machines have none, as on the local stage. */
async function volumes(drill: Drill): Promise<string[] | undefined> {
  try {
    const request = new DescribeVolumesCommand({ Filters: [ofStage(drill)] });
    const { Volumes = [] } = await drill.clients.ec2.send(request);
    return Volumes.map(({ VolumeId = "" }) => VolumeId);
  } catch (error) {
    if (error instanceof Error && error.name === "UnsupportedOperation") return undefined;
    throw error;
  }
}

const recordsOf = ({ clients, description }: Drill) => stateRecords(clients.s3, description.buckets.state);

/** Whoever finds a machine gone gives back what it had claimed. */
const claims = (drill: Drill): Promise<string[]> => recordsOf(drill).list(stateFolder.claims);

/** Of workers: a repair's ends with it, within seconds. Records of leases stay; who has let go, or has had it for too long, holds none. */
async function leases(drill: Drill): Promise<string[]> {
  const records = recordsOf(drill);
  const keys = await records.list(stateFolder.exclusiveLeases);
  const all = await Promise.all(keys.map(async (key) => ({ key, lease: (await records.read(key, Lease))?.value })));
  return all.filter(({ lease }) => !isFree(lease, drill.clock.now())).map(({ key }) => key);
}

async function runningBuilds({ clients, description }: Drill): Promise<string[]> {
  const { executions = [] } = await clients.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: description.stateMachineArn, statusFilter: "RUNNING" }),
  );
  return executions.map(({ name = "" }) => name);
}

async function fullBuckets({ clients, ownBuckets }: Drill): Promise<string[]> {
  const looks = ownBuckets.map(async (Bucket) => {
    const { KeyCount = 0 } = await clients.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
    return KeyCount > 0 ? [Bucket] : [];
  });
  return (await Promise.all(looks)).flat();
}

function whatDestroyMeets({ disposable }: Drill, full: readonly string[]): string[] {
  if (full.length === 0) return [];
  const then = disposable ? "a destroy deletes them" : "a destroy stops until stages.ts calls the stage disposable";
  return [`objects lie in ${full.join(", ")}: ${then}`];
}
