import { cloudwatchModel } from "../../api-models/cloudwatch.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { CLOUDWATCH_MEMBERS } from "./cloudwatch-members.ts";

export const cloudWatchApi = serviceApi({
  model: cloudwatchModel,
  members: CLOUDWATCH_MEMBERS,
  refusals: refusals({
    service: "CloudWatch",
    invalid: "InvalidParameterValueException",
    missing: "MissingRequiredParameterException",
  }),
  wire: "json",
});
