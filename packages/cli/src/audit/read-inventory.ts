import { stateRecords } from "@muster/records";
import { explainError } from "../explain-error.ts";
import type { Stage } from "../stages/stage.ts";
import { listed } from "../why/words.ts";
import type { Builds, Inventory, Launches, Machine, Machines } from "./inventory.ts";
import { idleSince } from "./orphan-machines.ts";
import { readBuilds } from "./read-builds.ts";
import { readMachines, readUntagged } from "./read-machines.ts";
import { readDemands, readLaunches, readLeases, readMarks, readOfBuilds, readRequests } from "./read-records.ts";
import { readUntoldEnds } from "./read-untold-ends.ts";
import { lastWorkOf } from "./work-of-machines.ts";

/**
 * All that a stage consists of now. What is made before something else is also read before it, so that nothing which begins or ends meanwhile looks left over:
 * records before builds, and machines before what holds them.
 * @throws the first error where nothing at all could be read
 */
export async function readInventory(stage: Stage, now: Date): Promise<Inventory> {
  const { unread, orUnread } = readings();
  const s3 = await stage.s3();
  const bucket = stage.description.buckets.state;
  const source = { s3, bucket, records: stateRecords(s3, bucket), now, mayBeNew: stage.movedBy === "nobody" };
  const [ofBuilds, requests, demands, launches, marks, leases, machines] = await Promise.all([
    orUnread("what builds leave for functions", readOfBuilds(source)),
    orUnread("requests for repair", readRequests(source)),
    orUnread("demands", readDemands(source)),
    orUnread("launches", readLaunches(source)),
    orUnread("the reaper's marks", readMarks(source)),
    orUnread("leases", readLeases(source)),
    orUnread("machines", machinesOf(stage)),
  ]);
  const untagged =
    machines && launches && (await orUnread("machines by their ids", untaggedOf(stage, machines, launches)));
  const alive = [...(machines?.alive ?? []), ...(untagged ?? [])];
  const builds = await orUnread("builds", readBuilds(stage, alive));
  if (builds === null && machines === null && ofBuilds === null && leases === null) throw unread[0]?.error;
  const untold = builds && (await orUnread("who was told of builds' ends", readUntoldEnds(stage, builds, now)));
  return {
    now,
    machines: machines && { ...machines, alive },
    builds,
    leases,
    launches,
    demands: demands?.demands ?? null,
    demandKeys: demands?.keys ?? null,
    requests,
    ofBuilds,
    marks,
    untold,
    unread: [...unreadWords(unread), ...unsure(alive, builds)],
  };
}

interface Unread {
  readonly what: string;
  readonly why: string;
  readonly error: unknown;
}

/** What fails is noted, and keeps nothing else from being read. */
function readings() {
  const unread: Unread[] = [];
  const orUnread = async <T>(what: string, reading: Promise<T>): Promise<T | null> =>
    reading.catch((error: unknown) => {
      const { message, hint } = explainError(error);
      unread.push({ what, why: `${message}${hint === undefined ? "" : ` (${hint})`}`, error });
      return null;
    });
  return { unread, orUnread };
}

/** `leases and launches could not be read: …`: what failed for the same reason is told once. */
const unreadWords = (unread: readonly Unread[]): string[] =>
  [...Map.groupBy(unread, ({ why }) => why)].map(
    ([why, of]) =>
      `${listed(
        of.map(({ what }) => what),
        of.length,
      )} could not be read: ${why}`,
  );

/** On one machine they end with the process that moved its builds. */
async function machinesOf({ ec2, movedBy, description }: Stage): Promise<Machines> {
  if (movedBy === "nobody") return { alive: [], gone: new Set() };
  return readMachines(await ec2(), description.stage);
}

/** Launched by Muster, and not to be found by the tags that it gave them. */
async function untaggedOf(
  { ec2, movedBy, description }: Stage,
  { alive, gone }: Machines,
  { read }: Launches,
): Promise<readonly Machine[]> {
  const seen = new Set([...alive.map(({ instance }) => instance), ...gone]);
  const unseen = read.flatMap(({ instances }) => instances).filter((instance) => !seen.has(instance));
  if (movedBy === "nobody" || unseen.length === 0) return [];
  return readUntagged(await ec2(), unseen, description.stage);
}

/** Of these nobody can say whether they have been idle for too long. */
function unsure(machines: readonly Machine[], builds: Builds | null): string[] {
  if (builds === null) return [];
  return machines
    .filter(({ state }) => state === "idle" || state === "stopping")
    .filter((machine) => {
      const { isAtIt, last } = lastWorkOf(machine.instance, builds);
      return !isAtIt && idleSince(machine, last) === undefined;
    })
    .map(
      ({ instance }) =>
        `since when ${instance} has had no task could not be told: its last build is not among the latest`,
    );
}
