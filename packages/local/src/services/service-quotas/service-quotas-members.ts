import { type ServiceMembers, whole, working } from "../../protocol/member-rules.ts";

/** What Service Quotas takes here. @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_Operations.html */
export const SERVICE_QUOTAS_MEMBERS: ServiceMembers = {
  GetServiceQuota: working("ServiceCode", "QuotaCode"),
  GetAWSDefaultServiceQuota: working("ServiceCode", "QuotaCode"),
  ListServiceQuotas: {
    ...working("ServiceCode", "QuotaCode", "NextToken"),
    MaxResults: whole(1, 100),
    QuotaAppliedAtLevel: { does: "works", values: ["ACCOUNT", "RESOURCE", "ALL"], only: ["ACCOUNT", "ALL"] },
  },
};
