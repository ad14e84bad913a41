import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { LocalAws } from "@muster/local";
import { workerLogStream } from "@muster/pipeline";
import { runAgent } from "../src/agent/agent.ts";
import { assembleParts, type WorkerOptions } from "../src/agent/assemble-parts.ts";
import { assembleWorker } from "../src/agent/assemble-worker.ts";
import { stopSwitch } from "../src/agent/stop-worker.ts";
import type { AgentEnd } from "../src/agent/worker.ts";
import { agentProgram } from "../src/agent-program.ts";
import type { AwsClients } from "../src/aws/aws-clients.ts";
import { createDiagnostics, type Diagnostics } from "../src/diagnostics.ts";
import { loadAll } from "../src/in-process.ts";
import { cloudWatchSink } from "../src/log/cloud-watch-sink.ts";
import type { WorkerIdentity } from "../src/machine/instance-identity.ts";
import type { WorkerScripts } from "../src/script/worker-scripts.ts";
import { LOG_GROUP, type TestStage } from "./test-stage.ts";
import { type WorkerScriptTexts, writeScripts } from "./worker-process.ts";

/** A worker whose loop runs in the test's own process, on the stage's clock. Its scripts are real processes. */
export interface WorkerInProcess {
  readonly instanceId: string;
  /** Where it keeps its things. */
  readonly root: string;
  readonly scripts: WorkerScripts;
  readonly ended: Promise<AgentEnd>;
  stop(why: string): void;
  /** Its own log. */
  readonly messages: readonly string[];
}

export interface InProcessOptions extends WorkerScriptTexts {
  readonly idleSeconds?: number;
  readonly lifetimeSeconds?: number;
  /** Where it keeps its things, when a test starts a second one there. */
  readonly root?: string;
  readonly instanceId?: string;
  readonly owned?: boolean;
  /** The debug option of the build that launched it: workers of fake builds take a task before they source init. */
  readonly launchedBy?: NonNullable<WorkerIdentity["instance"]>["launchedBy"];
}

export function clientsInProcess(aws: LocalAws): AwsClients {
  // The SDK waits in real time between its own tries.
  const config = { ...aws.clientConfig(), maxAttempts: 1 };
  const s3 = new S3Client(config);
  const logs = new CloudWatchLogsClient(config);
  const ec2 = new EC2Client(config);
  return {
    sfn: new SFNClient(config),
    s3: async () => s3,
    logs: async () => logs,
    ec2: async () => ec2,
    destroy() {},
  };
}

/** Diagnostics that a test can read. */
export function recordedDiagnostics(): Diagnostics & { readonly messages: string[] } {
  const messages: string[] = [];
  return { ...createDiagnostics((line) => messages.push(line)), messages };
}

export async function startInProcess(stage: TestStage, given: InProcessOptions): Promise<WorkerInProcess> {
  const { idleSeconds, lifetimeSeconds, owned = true, launchedBy = "", ...scripts } = given;
  const instanceId = given.instanceId ?? `i-${randomBytes(8).toString("hex")}`;
  const root = given.root ?? join(stage.folder, instanceId);
  const urls = await writeScripts(stage, scripts, instanceId);
  await loadAll();
  const clients = clientsInProcess(stage.aws);
  const diagnostics = recordedDiagnostics();
  const stop = stopSwitch();
  const options: WorkerOptions = {
    environment: {
      worker: {
        ...stage.environment,
        ...urls,
        ...(idleSeconds !== undefined && { IDLE_SECONDS: String(idleSeconds) }),
        ...(lifetimeSeconds !== undefined && { MAX_LIFETIME_SECONDS: String(lifetimeSeconds) }),
      },
      scripts: { PATH: process.env.PATH ?? "", HOME: stage.folder, LANG: "C.UTF-8", AWS_REGION: stage.aws.region },
      init: {},
      metadataUrl: "http://127.0.0.1:9",
      temporaryFolder: stage.folder,
      hasOneEndpoint: true,
    },
    identity: {
      instanceId,
      instance: { imageId: "ami-1", instanceType: "t3.small", spot: false, launchedBy },
    },
    clients,
    clock: stage.aws.clock,
    diagnostics,
    root,
    program: agentProgram(),
    sink: cloudWatchSink({
      clients,
      logGroupName: LOG_GROUP,
      logStreamName: workerLogStream(instanceId),
      clock: stage.aws.clock,
      diagnostics,
    }),
    owned,
    stop: stop.signal,
  };
  const parts = await assembleParts(options);
  return {
    instanceId,
    root,
    scripts: parts.scripts,
    ended: runAgent(assembleWorker(options, parts)),
    stop: (why) => stop.stop({ why }),
    messages: diagnostics.messages,
  };
}
