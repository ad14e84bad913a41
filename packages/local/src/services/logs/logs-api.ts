import { logsModel } from "../../api-models/logs.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { LOGS_MEMBERS } from "./logs-members.ts";

export const logsApi = serviceApi({
  model: logsModel,
  members: LOGS_MEMBERS,
  refusals: refusals({ service: "CloudWatch Logs", invalid: "InvalidParameterException" }),
  wire: "json",
});
