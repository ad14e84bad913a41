import { AwsError } from "../../aws-error.ts";
import { awsJson } from "../../protocol/aws-json.ts";
import { pageOf } from "../../protocol/page-of.ts";
import { type Service, service } from "../../service.ts";
import type { VcpuQuotas } from "../ec2/ec2-context.ts";
import { allowedVcpus, VCPU_POOLS } from "../ec2/vcpu-pools.ts";
import { serviceQuotasApi } from "./service-quotas-api.ts";

export interface ServiceQuotasOptions {
  readonly vcpus: () => VcpuQuotas;
  readonly region: string;
  readonly accountId: string;
}

interface QuotaInput {
  readonly ServiceCode: string;
  readonly QuotaCode: string;
}

interface ListInput {
  readonly ServiceCode: string;
  readonly QuotaCode?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Of a page. */
const MOST_QUOTAS = 100;

/** The quotas that the local EC2 keeps to. */
export function serviceQuotas({ vcpus, region, accountId }: ServiceQuotasOptions): Service {
  const quotasOf = (serviceCode: string) => {
    if (serviceCode !== "ec2")
      throw new AwsError("NoSuchResourceException", `The service ${serviceCode} has no quotas here`);
    return VCPU_POOLS.map(({ code, name, market }) => ({
      ServiceCode: "ec2",
      ServiceName: "Amazon Elastic Compute Cloud (Amazon EC2)",
      QuotaArn: `arn:aws:servicequotas:${region}:${accountId}:ec2/${code}`,
      QuotaCode: code,
      QuotaName: name,
      Value: allowedVcpus(vcpus(), { code, market }),
      Unit: "None",
      Adjustable: true,
      GlobalQuota: false,
    }));
  };
  const getQuota = ({ ServiceCode, QuotaCode }: QuotaInput) => {
    const found = quotasOf(ServiceCode).find((quota) => quota.QuotaCode === QuotaCode);
    if (found !== undefined) return { Quota: found };
    throw new AwsError("NoSuchResourceException", `The quota ${QuotaCode} of ${ServiceCode} does not exist here`);
  };
  return service("servicequotas", {
    protocol: awsJson("ServiceQuotasV20190624", "1.1"),
    api: serviceQuotasApi,
    operations: {
      GetServiceQuota: getQuota,
      GetAWSDefaultServiceQuota: getQuota,
      ListServiceQuotas({ ServiceCode, QuotaCode, MaxResults: size = MOST_QUOTAS, NextToken: token }: ListInput) {
        const found = quotasOf(ServiceCode).filter((quota) => (QuotaCode ?? quota.QuotaCode) === quota.QuotaCode);
        const { page, nextToken } = pageOf(found, { size, token }, "InvalidPaginationTokenException");
        return { Quotas: page, NextToken: nextToken };
      },
    },
  });
}
