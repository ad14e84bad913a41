import { cloudfrontModel } from "../../api-models/cloudfront.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { CLOUDFRONT_MEMBERS } from "./cloudfront-members.ts";

export const cloudFrontApi = serviceApi({
  model: cloudfrontModel,
  members: CLOUDFRONT_MEMBERS,
  refusals: refusals({
    service: "CloudFront",
    invalid: "InvalidArgument",
    type: "InvalidArgument",
    unknownOperation: { code: "UnknownOperationException", status: 404 },
  }),
  wire: "text",
});
