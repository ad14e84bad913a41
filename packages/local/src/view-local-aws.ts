import { join } from "node:path";
import { createCallFaults } from "./call-faults.ts";
import type { ClientConfig } from "./client-config.ts";
import { realClock } from "./clock.ts";
import { createEndpoint } from "./endpoint.ts";
import { createMovement } from "./movement.ts";
import { createRandom } from "./random.ts";
import { inProcessRequestHandler } from "./request-handler.ts";
import type { Service } from "./service.ts";
import { createInvoker } from "./services/lambda/invoker.ts";
import { createStates } from "./services/states/states.ts";
import { openStorage } from "./storage/storage.ts";

export interface LocalAwsViewOptions {
  /** The folder whose state is looked at; without one there is nothing to see. */
  readonly dir?: string;
  readonly region: string;
  readonly accountId: string;
  /** Told of stored state that cannot be read: its name and why. */
  readonly onDamaged?: (name: string, reason: string) => void;
}

export interface LocalAwsView {
  /** Of clients for Step Functions, S3, CloudWatch Logs and EC2. */
  clientConfig(): ClientConfig;
  close(): Promise<void>;
}

/** Where in-process clients believe to be: an address, because S3's clients then put buckets into the path. */
const IN_PROCESS = "http://127.0.0.1";

/**
 * A look at a folder that another process owns, or nobody: nothing is written and nothing moves. What commands read is Step Functions'
 * above all: the other services are loaded when they are asked.
 */
export function viewLocalAws({ dir, region, accountId, onDamaged = () => {} }: LocalAwsViewOptions): LocalAwsView {
  const clock = realClock();
  const random = createRandom();
  const movement = createMovement();
  const storage = openStorage({ dir, owner: false, onDamaged });
  const shared = { storage, clock, random, movement, region, accountId };
  const states = createStates({
    ...shared,
    ...(storage.persistent && { dir: join(storage.dir, "states") }),
    resume: false,
    invoke: createInvoker({ functions: {}, movement, random }),
    flusher: storage.flusher,
    onDamaged,
  });
  const late = {
    s3: once(async () => (await import("./services/s3/s3.ts")).s3(shared)),
    logs: once(async () => (await import("./services/logs/logs.ts")).logs(shared)),
    ec2: once(async () => (await import("./services/ec2/view-ec2.ts")).viewEc2(shared)),
  };
  const faults = createCallFaults(clock);
  const endpoint = createEndpoint({ services: [states.service], late, movement, random, faults });
  const requestHandler = inProcessRequestHandler(endpoint, () => IN_PROCESS);
  return {
    clientConfig: () => ({
      region,
      credentials: { accessKeyId: "AKIALOCALLOCALLOCAL0", secretAccessKey: "local" },
      endpoint: IN_PROCESS,
      requestHandler,
    }),
    async close() {
      await states.close();
      await storage.close();
    },
  };
}

function once(load: () => Promise<Service>): () => Promise<Service> {
  let loaded: Promise<Service> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
