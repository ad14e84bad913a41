import { ListServiceQuotasCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { createLocalAws } from "@muster/local";
import { hours } from "@muster/pipeline";
import { expect, test } from "vitest";
import { examplePipeline } from "../../test/example-pipeline.ts";
import { exampleStage } from "../../test/example-stage.ts";
import { checkQuotas } from "./check-quotas.ts";
import { type Market, quotaCodeOf } from "./vcpu-quotas.ts";

test.each<[string, Market, string]>([
  ["r6i.4xlarge", "on-demand", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"],
  ["im4gn.large", "spot", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"],
  ["g5.xlarge", "on-demand", "Running On-Demand G and VT instances"],
  ["gr6.4xlarge", "spot", "All G and VT Spot Instance Requests"],
  ["vt1.3xlarge", "spot", "All G and VT Spot Instance Requests"],
  ["p5.48xlarge", "on-demand", "Running On-Demand P instances"],
  ["p5en.48xlarge", "spot", "All P5 Spot Instance Requests"],
  ["p4d.24xlarge", "spot", "All P4, P3 and P2 Spot Instance Requests"],
  ["f2.6xlarge", "on-demand", "Running On-Demand F instances"],
  ["f2.6xlarge", "spot", "All F Spot Instance Requests"],
  ["inf2.xlarge", "on-demand", "Running On-Demand Inf instances"],
  ["inf2.xlarge", "spot", "All Inf Spot Instance Requests"],
  ["trn1.2xlarge", "on-demand", "Running On-Demand Trn instances"],
  ["trn1.2xlarge", "spot", "All Trn Spot Instance Requests"],
  ["x2gd.large", "on-demand", "Running On-Demand X instances"],
  ["x2gd.large", "spot", "All X Spot Instance Requests"],
  ["u7i-12tb.224xlarge", "on-demand", "Running On-Demand High Memory instances"],
  ["u-6tb1.metal", "on-demand", "Running On-Demand High Memory instances"],
  ["dl1.24xlarge", "on-demand", "Running On-Demand DL instances"],
  ["dl1.24xlarge", "spot", "All DL Spot Instance Requests"],
  ["hpc7a.12xlarge", "on-demand", "Running On-Demand HPC instances"],
])("%s %s counts in EC2's quota %s", async (instanceType, market, name) => {
  await using aws = createLocalAws();
  const quotas = new ServiceQuotasClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const { Quotas = [] } = await quotas.send(new ListServiceQuotasCommand({ ServiceCode: "ec2" }));
  expect(quotaCodeOf(instanceType, market)).toBe(Quotas.find(({ QuotaName }) => QuotaName === name)?.QuotaCode);
});

test("what no quota is known of has none", () => {
  expect(["mac2.metal", "u-6tb1.metal", "hpc7a.12xlarge"].map((type) => quotaCodeOf(type, "spot"))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a build is refused where no worker of a step fits its families' own quotas, and not where one fits", async () => {
  await using aws = createLocalAws({ vcpuQuotas: { onDemand: 64, spot: 64, others: { "L-DB2E81BA": 0 } } });
  const serviceQuotas = new ServiceQuotasClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const check = (instanceTypes: readonly [string, ...string[]]) => {
    const of = examplePipeline();
    const activities = of.activities.map((activity) => ({
      ...activity,
      timeout: hours(1),
      worker: { ...activity.worker, market: "on-demand" as const, instanceTypes },
    }));
    const pipeline = { ...of, activities };
    const build = { versions: [], platforms: [], activities: [], debug: "" as const };
    const log = { info() {}, warn() {}, error() {} };
    return checkQuotas(build, { pipeline, stage: exampleStage(pipeline), serviceQuotas, log });
  };
  await expect(check(["g5.xlarge"])).rejects.toThrow("allows this account 0 (on-demand, quota L-DB2E81BA)");
  await expect(check(["g5.xlarge", "m7i.xlarge"])).resolves.toBeUndefined();
  await expect(check(["mac2.metal"])).resolves.toBeUndefined();
});
