import { ec2Model } from "../../api-models/ec2.ts";
import { ec2Refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { EC2_MEMBERS } from "./ec2-members.ts";

export const ec2Api = serviceApi({
  model: ec2Model,
  members: EC2_MEMBERS,
  refusals: ec2Refusals,
  wire: "text",
});
