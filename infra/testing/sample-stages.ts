import { defineStages } from "../src/define-stages.ts";
import type { Stage, StageDefinition } from "../src/stage-settings.ts";

const where = { account: "111122223333", region: "us-west-2" } as const;
const zones = ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"];

export const ENCRYPTION_KEY = "arn:aws:kms:us-west-2:111122223333:key/5f60718a-0000-4000-8000-000000000000";

/** Every optional part there is. */
export const everything = (pipeline: string): StageDefinition => ({
  ...where,
  pipeline,
  state: { bucket: "terraform-state-111122223333", key: "muster.tfstate" },
  network: { kind: "own", zones, egress: "nat" },
  spot: "never",
  limits: { maxWorkers: 100, maxCostPerHour: 120 },
  policy: {
    startAhead: true,
    order: "longest-first",
    idleWorkers: "reused",
    idleSeconds: 300,
    criticalPath: "on-demand",
  },
  reservedConcurrency: { Repair: 5, PrepareActivity: 50 },
  functionArchitecture: "x86_64",
  edge: {
    domain: {
      name: "dl.example.org",
      certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000000",
      hostedZoneId: "Z0123456789ABCDEFGHIJ",
    },
  },
  alarms: { emails: ["releases@example.org", "night@example.org"] },
  budget: { monthlyUsd: 5000, emails: ["releases@example.org"] },
  schedules: [
    { name: "nightly", expression: "cron(30 5 * * ? *)" },
    { name: "weekly", expression: "cron(0 3 ? * SUN *)", timeZone: "Europe/Berlin", input: "--fake-ec2" },
  ],
  buckets: { scratch: "own", downloads: "own" },
  encryptionKey: ENCRYPTION_KEY,
  permissionsBoundary: "arn:aws:iam::111122223333:policy/muster-boundary",
  tags: { team: "releases" },
  disposable: true,
});

/** Nothing that can be left out. */
export const bare = (pipeline: string): StageDefinition => ({
  ...where,
  pipeline,
  network: {
    kind: "existing",
    vpcId: "vpc-0a1b2c3d4e5f60718",
    subnets: zones.map((zone, index) => ({ id: `subnet-0a1b2c3d4e5f6071${index}`, zone })),
    publicAddresses: false,
  },
  tracing: false,
  edge: null,
  buckets: { scratch: "existing-scratch", downloads: "existing-downloads" },
  secrets: "existing",
});

/** As most would have it: what `stages.ts` shows, in one account. */
export const usual = (pipeline: string): StageDefinition => ({
  ...where,
  pipeline,
  state: { bucket: "terraform-state-111122223333" },
  network: { kind: "own", zones },
  limits: { maxWorkers: 100, maxCostPerHour: 120 },
  buckets: { scratch: "own", downloads: "own" },
  alarms: { emails: ["releases@example.org"] },
  schedules: [{ name: "nightly", expression: "cron(30 5 * * ? *)" }],
});

export function stage(name: string, definition: StageDefinition): Stage {
  const [made] = defineStages({ [name]: definition });
  if (made === undefined) throw new Error("no stage");
  return made;
}
