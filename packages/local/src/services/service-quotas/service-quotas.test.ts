import { ListServiceQuotasCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { expect, test } from "vitest";
import { createLocalAws } from "../../local-aws.ts";

test("quotas are listed by pages and by code, and their own service's alone", async () => {
  await using aws = createLocalAws({ vcpuQuotas: { onDemand: 8, spot: 4 } });
  const quotas = new ServiceQuotasClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const list = async (input: object = {}) => {
    const { Quotas = [], NextToken } = await quotas.send(
      new ListServiceQuotasCommand({ ServiceCode: "ec2", ...input }),
    );
    return { codes: Quotas.map(({ QuotaCode }) => QuotaCode), NextToken };
  };
  const all = await list({ QuotaAppliedAtLevel: "ACCOUNT" });
  expect(all).toEqual({ codes: expect.arrayContaining(["L-1216C47A", "L-34B43A08"]), NextToken: undefined });
  expect(new Set(all.codes).size).toBe(19);
  const { codes, NextToken } = await list({ MaxResults: 1 });
  expect(codes).toEqual(["L-1216C47A"]);
  expect(await list({ MaxResults: 1, NextToken })).toMatchObject({ codes: [all.codes[1]] });
  expect((await list({ QuotaCode: "L-34B43A08" })).codes).toEqual(["L-34B43A08"]);
  const refused = (input: object) => expect(list(input)).rejects;
  await refused({ ServiceCode: "s3" }).toMatchObject({ name: "NoSuchResourceException" });
  await refused({ NextToken: "x" }).toMatchObject({ name: "InvalidPaginationTokenException" });
  await refused({ MaxResults: 101 }).toMatchObject({ name: "IllegalArgumentException" });
  await refused({ QuotaAppliedAtLevel: "RESOURCE" }).toMatchObject({ name: "IllegalArgumentException" });
});
