import { queryProtocol } from "../../protocol/query.ts";
import { type OperationContext, type Service, service } from "../../service.ts";
import { instanceOf } from "../ec2/instance-credentials.ts";
import { stsApi } from "./sts-api.ts";

/** Who is calling: an instance by its own credentials, anyone else by access key id. */
export function sts({ accountId }: { readonly accountId: string }): Service {
  return service("sts", {
    protocol: queryProtocol({ namespace: "https://sts.amazonaws.com/doc/2011-06-15/", dialect: "query" }),
    api: stsApi,
    operations: {
      GetCallerIdentity(_input: object, { accessKeyId }: OperationContext) {
        const instanceId = instanceOf(accessKeyId);
        const name = instanceId === undefined ? `user/${accessKeyId}` : `assumed-role/instance/${instanceId}`;
        const service = instanceId === undefined ? "iam" : "sts";
        return {
          Arn: `arn:aws:${service}::${accountId}:${name}`,
          UserId: instanceId ?? accessKeyId,
          Account: accountId,
        };
      },
    },
  });
}
