import { statesModel } from "../../api-models/states.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { STATES_MEMBERS } from "./states-members.ts";

export const statesApi = serviceApi({
  model: statesModel,
  members: STATES_MEMBERS,
  refusals: refusals({ service: "Step Functions", invalid: "ValidationException" }),
  wire: "json",
});
