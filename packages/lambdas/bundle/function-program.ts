import { join } from "node:path";
import { type FunctionName, kebab } from "@muster/pipeline";
import type { ClientName } from "../src/clients.ts";
import { handlers } from "../src/handlers.ts";

/** The package and class of each client that a function may use. */
const CLIENTS: Readonly<Record<ClientName, readonly [module: string, className: string]>> = {
  ec2: ["@aws-sdk/client-ec2", "EC2Client"],
  s3: ["@aws-sdk/client-s3", "S3Client"],
  sfn: ["@aws-sdk/client-sfn", "SFNClient"],
  cloudfront: ["@aws-sdk/client-cloudfront", "CloudFrontClient"],
  serviceQuotas: ["@aws-sdk/client-service-quotas", "ServiceQuotasClient"],
  secretsManager: ["@aws-sdk/client-secrets-manager", "SecretsManagerClient"],
  sns: ["@aws-sdk/client-sns", "SNSClient"],
};

const SOURCES = join(import.meta.dirname, "../src");

/** The program of one function but for a pipeline, which it is given: its handler, and the clients that the handler names, nothing else. */
export async function functionProgram(name: FunctionName): Promise<string> {
  const handler = handlers[name];
  const file = join(SOURCES, `${kebab(name)}.ts`);
  const exports: Record<string, unknown> = await import(file);
  const exported = Object.keys(exports).find((key) => exports[key] === handler);
  if (exported === undefined) throw new Error(`${file} does not export the handler of ${name}`);
  const clients = handler.uses.map((client) => ({ client, module: CLIENTS[client][0], className: CLIENTS[client][1] }));
  return [
    `import { lambdaEntry } from ${JSON.stringify(join(SOURCES, "lambda-entry.ts"))};`,
    `import { ${exported} } from ${JSON.stringify(file)};`,
    ...clients.map(({ module, className }) => `import { ${className} } from ${JSON.stringify(module)};`),
    `const clients = { ${clients.map(({ client, className }) => `${client}: new ${className}({})`).join(", ")} };`,
    `export const handlerOf = (pipeline) => lambdaEntry(${exported}, pipeline, clients);`,
  ].join("\n");
}
