import { expect, test } from "vitest";
import { columnsOf } from "../text-columns.ts";
import { type Orphan, orphan } from "./orphan.ts";
import { reportAudit } from "./report-audit.ts";

const at = new Date("2026-11-24T15:00:00Z");
const machine = orphan(at, {
  kind: "machine at a task that is over",
  name: "i-0000000000000000a",
  step: "MakePackage",
  task: "MakePackage-1.2.3",
  since: new Date("2026-11-24T14:30:00Z"),
  dollarsPerHour: 0.8,
  dollarsAtMost: 1.234,
  says: "is at MakePackage-1.2.3, which is over: the build 1.2.3_alice was stopped; its worker should have learnt so by now",
  repair: { says: "the reaper ends it when it is 24 hours old", until: new Date("2026-11-25T14:00:00Z") },
  next: ["aws ec2 terminate-instances --region us-west-2 --instance-ids i-0000000000000000a"],
});
const lease = orphan(at, {
  kind: "lease",
  name: "Publish's lease",
  step: "Publish",
  says: "is held by i-0000000000000000b, which EC2 does not show",
  blocks: "tasks of Publish wait for it",
  repair: { says: "it is free to take when it has expired", until: new Date("2026-11-24T15:02:30Z") },
  next: ["aws s3 cp"],
});
const seen = { machines: 3, runningBuilds: 2, leases: 5, launches: 12, records: 1 };
const plain = (_format: unknown, text: string) => text;
const report = (
  orphans: readonly Orphan[],
  { unread = [], columns }: { unread?: readonly string[]; columns?: number } = {},
) => reportAudit({ at, orphans, lookedAt: seen, unread }, { columns, style: plain });

test("the first line answers, with what was looked at", () => {
  expect(report([])).toEqual([
    "0 orphans: looked at 3 machines, 2 running builds, 5 leases, 12 launch records and 1 other record",
  ]);
});

test("each orphan has a paragraph: what it is, since when and for how much, whom it keeps, and who sees to it", () => {
  expect(report([machine, lease])).toEqual([
    "2 orphans: 1 machine (at most $0.80 an hour), 1 lease",
    "  i-0000000000000000a is at MakePackage-1.2.3, which is over: the build 1.2.3_alice was stopped; its worker should have learnt so by now",
    "    for 30:00, at most $0.80 an hour, $1.23 so far",
    "    by itself: the reaper ends it when it is 24 hours old; by 2026-11-25 14:00 UTC at the latest",
    "    aws ec2 terminate-instances --region us-west-2 --instance-ids i-0000000000000000a",
    "  Publish's lease is held by i-0000000000000000b, which EC2 does not show",
    "    tasks of Publish wait for it",
    "    by itself: it is free to take when it has expired; by 15:02 UTC at the latest",
    "looked at 3 machines, 2 running builds, 5 leases, 12 launch records and 1 other record",
  ]);
});

test("what could not be read keeps the answer open", () => {
  const unread = ["leases could not be read: Access Denied (the signed-in role lacks this permission)"];
  const lines = reportAudit(
    { at, orphans: [], lookedAt: { ...seen, leases: null }, unread },
    { columns: undefined, style: plain },
  );
  expect(lines).toEqual([
    "no orphan seen, but 1 thing could not be told: looked at 3 machines, 2 running builds, 12 launch records and 1 other record",
    `! ${unread[0]}`,
  ]);
});

test("on a narrow terminal no line is wider, but for a command that is copied", () => {
  for (const columns of [80, 60, 40]) {
    const lines = report([machine, lease], {
      columns,
      unread: ["a b c d e f g h i j k l m n o p q r s t u v w x y z"],
    });
    for (const line of lines.filter((text) => !text.includes("aws ec2")))
      expect(columnsOf(line), line).toBeLessThanOrEqual(columns);
    expect(lines).toContain("    aws ec2 terminate-instances --region us-west-2 --instance-ids i-0000000000000000a");
  }
});
