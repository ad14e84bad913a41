import { eventsModel } from "../../api-models/events.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { EVENTS_MEMBERS } from "./events-members.ts";

export const eventsApi = serviceApi({
  model: eventsModel,
  members: EVENTS_MEMBERS,
  refusals: refusals({ service: "EventBridge", invalid: "ValidationException" }),
  wire: "json",
});
