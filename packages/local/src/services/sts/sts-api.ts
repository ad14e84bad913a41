import { apiModel } from "../../protocol/api-model.ts";
import { refusals } from "../../protocol/refusals.ts";
import { serviceApi } from "../../service-api.ts";

/** By hand: none of this repository's packages has STS's client. */
const stsModel = apiModel({
  operations: `
AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
GetCallerIdentity GetDelegatedAccessToken GetFederationToken GetSessionToken GetWebIdentityToken
`,
  structures: `
GetCallerIdentity:
`,
});

export const stsApi = serviceApi({
  model: stsModel,
  members: { GetCallerIdentity: {} },
  refusals: refusals({
    service: "STS",
    invalid: "ValidationError",
    type: "ValidationError",
    unknownOperation: { code: "InvalidAction", status: 400 },
  }),
  wire: "text",
});
