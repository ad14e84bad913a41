import { randomUUID } from "node:crypto";
import { HttpResponse } from "@smithy/protocol-http";
import type { RequestHandler } from "./request-handler.ts";

/**
 * GetSecretValue of Secrets Manager for clients of this process, which are given the handler: no socket leads to it, so that
 * nobody else on the machine is told a secret.
 * @param read the value of a secret by its name or ARN; undefined, or an error that says why, where there is none
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretValues(read: (secretId: string) => Promise<string | undefined>): RequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle({ headers, body }) {
      const target = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-amz-target")?.[1];
      if (target !== "secretsmanager.GetSecretValue") {
        return answer(400, { __type: "UnknownOperationException", message: `${target} is not there on one machine` });
      }
      // A plain view: the SDK's own subclass warns about each of the string methods that it has.
      const { buffer, byteOffset, byteLength } = body as Uint8Array<ArrayBuffer>;
      const text = Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
      const { SecretId } = JSON.parse(text) as { SecretId: string };
      const value = await read(SecretId).catch((error: Error) => error);
      if (value === undefined || value instanceof Error) {
        const message = value?.message ?? "Secrets Manager can't find the specified secret.";
        return answer(400, { __type: "ResourceNotFoundException", message });
      }
      return answer(200, { Name: SecretId, SecretString: value, VersionStages: ["AWSCURRENT"] });
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

function answer(statusCode: number, content: object): { response: HttpResponse } {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() };
  return { response: new HttpResponse({ statusCode, headers, body: Buffer.from(JSON.stringify(content)) }) };
}
