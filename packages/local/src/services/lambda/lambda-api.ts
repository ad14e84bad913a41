import { lambdaModel } from "../../api-models/lambda.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";
import { LAMBDA_MEMBERS } from "./lambda-members.ts";

export const lambdaApi = serviceApi({
  model: lambdaModel,
  members: LAMBDA_MEMBERS,
  refusals: refusals({
    service: "Lambda",
    invalid: "InvalidParameterValueException",
    type: "InvalidParameterValueException",
    unknownOperation: { code: "UnknownOperationException", status: 404 },
  }),
  wire: "text",
});
