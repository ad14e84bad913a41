import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { createLocalAws } from "@muster/local";
import { expect, test } from "vitest";
import { planQuotas, quotaText, type ReachedQuota, reachedQuotas, type WantedVcpus } from "./quotas.ts";

const onDemand = (vcpus: number, wanted: number): ReachedQuota => ({
  code: "L-1216C47A",
  market: "on-demand",
  vcpus,
  wanted,
});
const spot = (vcpus: number, wanted: number): ReachedQuota => ({ code: "L-34B43A08", market: "spot", vcpus, wanted });

test.each<[string, WantedVcpus, { onDemand: number | undefined; spot: number | undefined }, ReachedQuota[]]>([
  ["what fits", { onDemand: 16, spot: 0, all: 16 }, { onDemand: 16, spot: undefined }, []],
  [
    "more on demand than is allowed",
    { onDemand: 17, spot: 0, all: 17 },
    { onDemand: 16, spot: 99 },
    [onDemand(16, 17)],
  ],
  ["more spot than is allowed", { onDemand: 0, spot: 32, all: 32 }, { onDemand: 99, spot: 5 }, [spot(5, 32)]],
  ["each on its market", { onDemand: 8, spot: 8, all: 16 }, { onDemand: 5, spot: 5 }, [onDemand(5, 8), spot(5, 8)]],
  ["what finds no room on spot goes on demand", { onDemand: 0, spot: 0, all: 64 }, { onDemand: 32, spot: 32 }, []],
  [
    "and where that is too little, too",
    { onDemand: 8, spot: 0, all: 72 },
    { onDemand: 32, spot: 32 },
    [onDemand(32, 40)],
  ],
  [
    "what is not known limits nothing",
    { onDemand: 99, spot: 99, all: 999 },
    { onDemand: undefined, spot: undefined },
    [],
  ],
])("%s", (_, wanted, allowed, reached) => expect(reachedQuotas(wanted, allowed)).toEqual(reached));

function account(vcpuQuotas: { onDemand: number; spot: number }) {
  const aws = createLocalAws({ vcpuQuotas });
  const serviceQuotas = async () => new ServiceQuotasClient({ ...aws.clientConfig(), maxAttempts: 1 });
  return { aws, stage: { serviceQuotas }, [Symbol.asyncDispose]: () => aws.close() };
}

test("a plan goes by the account's own quotas, and says which, and what raises it", async () => {
  await using world = account({ onDemand: 5, spot: 5 });
  const { reached, problem } = await planQuotas({ onDemand: 16, spot: 0, all: 16 }, world.stage);
  expect([reached, problem]).toEqual([[onDemand(5, 16)], null]);
  expect(quotaText(onDemand(5, 16))).toBe(
    "EC2 allows this account 5 on-demand vCPUs at once (quota L-1216C47A), and this wants 16: some workers will wait; ask for more with: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 16",
  );
});

test("what may not be read is said, and limits nothing; where machines cost nothing nobody is asked", async () => {
  await using world = account({ onDemand: 5, spot: 5 });
  const wanted = { onDemand: 16, spot: 0, all: 16 };
  world.aws.failCalls({ service: "servicequotas" }, { code: "AccessDeniedException", message: "no", status: 400 });
  expect(await planQuotas(wanted, world.stage)).toEqual({ reached: [], problem: "AccessDeniedException: no" });
  expect(await planQuotas(wanted, {})).toEqual({ reached: [], problem: null });
  expect(await planQuotas({ onDemand: 0, spot: 0, all: 0 }, world.stage)).toEqual({ reached: [], problem: null });
});
