import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SNSClient } from "@aws-sdk/client-sns";
import {
  type FunctionName,
  functionNames,
  InvalidConfigurationError,
  type Pipeline,
  type StageDescription,
} from "@muster/pipeline";
import type { ClientName, Clients } from "./clients.ts";
import { handlers } from "./handlers.ts";
import { type Log, silentLog } from "./log.ts";

export type LambdaHandler = (event: unknown, context?: unknown) => Promise<unknown>;

/** Whom only Notify asks: a stage that tells nobody needs none of them. */
type TellingClients = "secretsManager" | "sns";

export interface HandlerOptions extends Omit<Clients, TellingClients>, Partial<Pick<Clients, TellingClients>> {
  /** Default: the machine's time. */
  readonly now?: () => Date;
  /** Default: none. */
  readonly log?: Log;
}

/** All functions of a stage, wired: what a local stage runs in process. */
export function createHandlers(
  pipeline: Pipeline,
  stage: StageDescription,
  { now = () => new Date(), log = silentLog, ...clients }: HandlerOptions,
): Record<FunctionName, LambdaHandler> {
  const context = { pipeline, stage, clients: allClients(clients), now, log };
  return Object.fromEntries(
    functionNames.map((name) => [name, (event: unknown) => handlers[name].run(event, context)]),
  ) as Record<FunctionName, LambdaHandler>;
}

function allClients({
  secretsManager = absent<SecretsManagerClient>("Secrets Manager"),
  sns = absent<SNSClient>("Amazon SNS"),
  ...rest
}: Partial<Clients>) {
  return { secretsManager, sns, ...rest } as Pick<Clients, ClientName>;
}

/** Stands for a service that the stage does not have. */
const absent = <Client>(service: string): Client =>
  ({ send: () => Promise.reject(new InvalidConfigurationError(`there is no ${service} here`)) }) as Client;
