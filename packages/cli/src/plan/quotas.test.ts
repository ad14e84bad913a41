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

const STANDARD = { quotas: { "on-demand": "L-1216C47A", spot: "L-34B43A08" } };

test.each<
  [string, Omit<WantedVcpus, "quotas">, { onDemand: number | undefined; spot: number | undefined }, ReachedQuota[]]
>([
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
])("%s", (_, wanted, allowed, reached) => expect(reachedQuotas({ ...STANDARD, ...wanted }, allowed)).toEqual(reached));

function account(vcpuQuotas: { onDemand: number; spot: number }) {
  const aws = createLocalAws({ vcpuQuotas });
  const serviceQuotas = async () => new ServiceQuotasClient({ ...aws.clientConfig(), maxAttempts: 1 });
  return { aws, stage: { serviceQuotas }, [Symbol.asyncDispose]: () => aws.close() };
}

test("a plan goes by the account's own quotas, and says which, and what raises it", async () => {
  await using world = account({ onDemand: 5, spot: 5 });
  const { reached, problem } = await planQuotas([{ ...STANDARD, onDemand: 16, spot: 0, all: 16 }], world.stage);
  expect([reached, problem]).toEqual([[onDemand(5, 16)], null]);
  expect(quotaText(onDemand(5, 16))).toBe(
    "EC2 allows this account 5 on-demand vCPUs at once (quota L-1216C47A), and this wants 16: some workers will wait; ask for more with: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 16",
  );
});

test("what may not be read is said, and limits nothing; where machines cost nothing nobody is asked", async () => {
  await using world = account({ onDemand: 5, spot: 5 });
  const wanted = [{ ...STANDARD, onDemand: 16, spot: 0, all: 16 }];
  world.aws.failCalls({ service: "servicequotas" }, { code: "AccessDeniedException", message: "no", status: 400 });
  expect(await planQuotas(wanted, world.stage)).toEqual({ reached: [], problem: "AccessDeniedException: no" });
  expect(await planQuotas(wanted, {})).toEqual({ reached: [], problem: null });
  expect(await planQuotas([{ ...STANDARD, onDemand: 0, spot: 0, all: 0 }], world.stage)).toEqual({
    reached: [],
    problem: null,
  });
});

test("families of other quotas are counted by theirs, and by none where none is known", async () => {
  const aws = createLocalAws({ vcpuQuotas: { onDemand: 64, spot: 64, others: { "L-DB2E81BA": 0, "L-417A185B": 96 } } });
  await using _ = { [Symbol.asyncDispose]: () => aws.close() };
  const serviceQuotas = async () => new ServiceQuotasClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const graphics = { quotas: { "on-demand": "L-DB2E81BA", spot: "L-3819A6DF" } };
  const memory = { quotas: { "on-demand": "L-43DA4232", spot: null } };
  const unknown = { quotas: { "on-demand": null, spot: null } };
  const { reached, problem } = await planQuotas(
    [
      { ...STANDARD, onDemand: 16, spot: 0, all: 16 },
      { ...graphics, onDemand: 8, spot: 0, all: 8 },
      { ...memory, onDemand: 0, spot: 448, all: 448 },
      { ...unknown, onDemand: 999, spot: 0, all: 999 },
    ],
    { serviceQuotas },
  );
  expect([reached, problem]).toEqual([[{ code: "L-DB2E81BA", market: "on-demand", vcpus: 0, wanted: 8 }], null]);
  expect(quotaText(reached[0] as ReachedQuota)).toContain("(quota L-DB2E81BA), and this wants 8: none will start");
});
