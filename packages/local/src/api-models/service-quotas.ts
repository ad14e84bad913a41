import { apiModel } from "../protocol/api-model.ts";

/** Written by `pnpm --filter local api-models` from the model in the SDK's client. */
export const serviceQuotasModel = apiModel({
  operations: `
AssociateServiceQuotaTemplate CreateSupportCase DeleteServiceQuotaIncreaseRequestFromTemplate
DisassociateServiceQuotaTemplate GetAWSDefaultServiceQuota GetAssociationForServiceQuotaTemplate
GetAutoManagementConfiguration GetQuotaUtilizationReport GetRequestedServiceQuotaChange GetServiceQuota
GetServiceQuotaIncreaseRequestFromTemplate ListAWSDefaultServiceQuotas ListRequestedServiceQuotaChangeHistory
ListRequestedServiceQuotaChangeHistoryByQuota ListServiceQuotaIncreaseRequestsInTemplate ListServiceQuotas ListServices
ListTagsForResource PutServiceQuotaIncreaseRequestIntoTemplate RequestServiceQuotaIncrease StartAutoManagement
StartQuotaUtilizationReport StopAutoManagement TagResource UntagResource UpdateAutoManagement
`,
  structures: `
GetAWSDefaultServiceQuota: ServiceCode! QuotaCode!
GetServiceQuota: ServiceCode! QuotaCode! ContextId
ListServiceQuotas: ServiceCode! NextToken MaxResults:number QuotaCode QuotaAppliedAtLevel
`,
});
