import { serviceQuotasModel } from "../../api-models/service-quotas.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { SERVICE_QUOTAS_MEMBERS } from "./service-quotas-members.ts";

export const serviceQuotasApi = serviceApi({
  model: serviceQuotasModel,
  members: SERVICE_QUOTAS_MEMBERS,
  refusals: refusals({ service: "Service Quotas", invalid: "IllegalArgumentException" }),
  wire: "json",
});
