import { ssmModel } from "../../api-models/ssm.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { SSM_MEMBERS } from "./ssm-members.ts";

export const ssmApi = serviceApi({
  model: ssmModel,
  members: SSM_MEMBERS,
  refusals: refusals({ service: "SSM", invalid: "ValidationException" }),
  wire: "json",
});
