import { defineStages } from "./src/define-stages.ts";

/**
 * The deployments of this repository. Accounts, state buckets and addresses here are examples: put your own in their place before the first
 * `cdktf deploy`. What each setting means stands in `src/stage-settings.ts`; state buckets come from `bootstrap/bootstrap.yaml`,
 * boundaries from `bootstrap/stage.yaml`.
 * A stage in another region than its state bucket says where that is: `state: { bucket, region }`.
 */
export default defineStages({
  hhvm: {
    pipeline: "hhvm",
    account: "111122223333",
    region: "us-west-2",
    state: { bucket: "muster-terraform-state-111122223333" },
    permissionsBoundary: "arn:aws:iam::111122223333:policy/muster-boundary-hhvm",
    network: { kind: "own", zones: ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"] },
    limits: { maxWorkers: 100, maxCostPerHour: 120 },
    buckets: { scratch: "own", downloads: "own" },
    alarms: { emails: ["releases@example.org"] },
    budget: { monthlyUsd: 5000, emails: ["releases@example.org"] },
    schedules: [{ name: "nightly", expression: "cron(30 5 * * ? *)" }],
  },
  staging: {
    pipeline: "muster",
    account: "444455556666",
    region: "us-west-2",
    state: { bucket: "muster-terraform-state-444455556666" },
    permissionsBoundary: "arn:aws:iam::444455556666:policy/muster-boundary-staging",
    network: { kind: "own", zones: ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"] },
    limits: { maxWorkers: 10, maxCostPerHour: 2 },
    disposable: true,
  },
});
