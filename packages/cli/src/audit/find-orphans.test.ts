import { expect, test } from "vitest";
import {
  ago,
  attempt,
  BUILD,
  build,
  exclusive,
  found,
  inventory,
  machine,
  now,
  stage,
  waiting,
} from "../testing/audited-stage.ts";
import { healthy } from "../testing/healthy-stages.ts";
import { orphanedMachines } from "../testing/orphaned-machines.ts";
import { orphanedRecords } from "../testing/orphaned-records.ts";
import { findOrphans } from "./find-orphans.ts";
import type { Inventory } from "./inventory.ts";
import { ORPHAN_KINDS } from "./orphan.ts";

test.each(healthy)("%s: 0 orphans", (_name, seen) => {
  expect(found(seen)).toEqual([]);
});

const orphans = [...orphanedMachines, ...orphanedRecords];

test.each(orphans)("%s: %s", (kind, _name, seen, expected) => {
  const all = found(seen);
  expect(all).toEqual([expect.objectContaining({ kind, ...expected })]);
});

test("a build that nobody moves stands still, and its leases and records are whose who moves it next", () => {
  const seen = {
    running: [build({ attempts: [attempt()], waiting: [waiting(60)] })],
    leases: [exclusive()],
    ofBuilds: [{ key: "k", build: "b", at: ago(60) }],
  };
  expect(found(seen, { moving: false })).toEqual([
    expect.objectContaining({
      kind: "build that stands still",
      name: BUILD,
      next: ["muster build 1.2.3", `muster stop ${BUILD}`],
    }),
  ]);
});

test("a machine that has ended under its task leaves the task and the lease", () => {
  const running = [build({ attempts: [attempt({ step: "Publish", startedAt: ago(1) })] })];
  expect(found({ gone: ["i-1"], running, leases: [exclusive()] })).toEqual([
    expect.objectContaining({ kind: "task on a lost machine" }),
    expect.objectContaining({ kind: "lease", name: "Publish's lease", says: "is held by i-1, which has ended" }),
  ]);
});

test("the tables go through every kind", () => {
  const shown = new Set<string>([...orphans.map(([kind]) => kind), "build that stands still"]);
  expect(ORPHAN_KINDS.filter((kind) => !shown.has(kind))).toEqual([]);
});

test("of what could not be read nothing is said", () => {
  const unread: Inventory = {
    now,
    machines: null,
    builds: null,
    leases: null,
    launches: null,
    demands: null,
    demandKeys: null,
    requests: null,
    ofBuilds: null,
    marks: null,
    untold: null,
    unread: [],
  };
  expect(findOrphans(unread, stage)).toEqual([]);
  for (const [, name, seen] of [...orphans, ...healthy.map(([healthyName, of]) => ["", healthyName, of] as const)]) {
    const whole = inventory(seen);
    for (const part of ["machines", "builds", "launches", "leases"] as const) {
      const kinds = findOrphans({ ...whole, [part]: null }, stage).map(({ kind }) => kind);
      const known = findOrphans(whole, stage).map(({ kind }) => kind);
      expect(
        kinds.filter((kind) => !known.includes(kind)),
        `${name} without ${part}`,
      ).toEqual([]);
    }
  }
});

test("on this machine nothing costs anything, and commands name its endpoint", () => {
  const [orphan] = found({ alive: [machine({ state: "stopped" })] }, { isBilled: false, url: "http://127.0.0.1:1" });
  expect(orphan).toMatchObject({
    dollarsPerHour: null,
    next: ["aws ec2 terminate-instances --region us-west-2 --endpoint-url http://127.0.0.1:1 --instance-ids i-1"],
  });
});

test("a price that the pipeline says counts before the list's", () => {
  const [orphan] = found({ alive: [machine({ step: "Publish", pipeline: undefined, launchedAt: ago(60) })] });
  expect(orphan).toMatchObject({ dollarsPerHour: 0.01, dollarsAtMost: 0.01 });
});
