import { setTimeout as sleep } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { type BucketRole, MusterError, type Pipeline, StageDescription, stageParameter } from "@muster/pipeline";
import { infraEnvironment } from "../env.ts";
import { loadPipeline } from "../load-pipeline.ts";
import { type Project, projectStages } from "../project.ts";
import { ownsBucket } from "../stage-scope.ts";
import type { Stage } from "../stage-settings.ts";
import type { Drill } from "./drill.ts";
import { type DrillOptions, drillOptions } from "./drill-options.ts";
import { interruptByFaultInjection } from "./fault-injection.ts";
import { drillMarkdown } from "./report-drill.ts";
import { runDrill } from "./run-drill.ts";

/**
 * `drill <stage> [step]… [--spot-role <arn>] [--json] [-- <word>…]`: rehearses on a stage that is deployed what goes wrong on a first day. Says on standard
 * error what it does, and on standard output what held.
 * @returns the exit status: 1 where something did not hold
 */
export async function drillStage(project: Project, args: readonly string[]): Promise<number> {
  const options = drillOptions(
    args,
    (await projectStages(project)).map(({ name }) => name),
  );
  const [stage] = (await projectStages(project, options.stage)) as readonly [Stage];
  const { pipeline } = await loadPipeline(stage.pipeline, project.folder);
  const { drill, close } = await openDrill(stage, { pipeline, options });
  try {
    await refuseOthersBuilds(drill);
    const startedAt = new Date();
    const steps = await runDrill(drill, options.steps, { say: (line) => process.stderr.write(`${line}\n`) });
    const { endpoint } = infraEnvironment();
    const { stage: name, region } = drill.description;
    const report = { stage: name, pipeline: pipeline.name, region, against: endpoint ?? "AWS", startedAt, steps };
    process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : drillMarkdown(report)}\n`);
    return steps.some(({ verdict }) => verdict === "not held") ? 1 : 0;
  } finally {
    close();
  }
}

async function openDrill(
  stage: Stage,
  { pipeline, options }: { pipeline: Pipeline; options: DrillOptions },
): Promise<{ drill: Drill; close: () => void }> {
  const { name, region, account, disposable } = stage;
  const config = { region, maxAttempts: 8 };
  const description = await describeStage(new SSMClient(config), name);
  const clients = {
    sfn: new SFNClient(config),
    ec2: new EC2Client(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: infraEnvironment().endpoint !== undefined }),
  };
  const buckets = Object.entries(description.buckets) as [BucketRole, string][];
  const ownBuckets = buckets.flatMap(([role, bucket]) => (ownsBucket({ stage, pipeline }, role) ? [bucket] : []));
  const { spotRole: role, words } = options;
  const interruptSpot =
    role && ((instanceId: string) => interruptByFaultInjection(instanceId, { region, account, role }));
  const clock = { now: Date.now, sleep: (ms: number) => sleep(ms) };
  return {
    drill: {
      ...{ description, pipeline, clients, ownBuckets, disposable, words, clock },
      ...(interruptSpot && { interruptSpot }),
    },
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

async function describeStage(ssm: SSMClient, stage: string): Promise<StageDescription> {
  const Name = stageParameter(stage);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return StageDescription.parse(JSON.parse(Parameter?.Value ?? "null"));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
    throw new MusterError(`the stage ${stage} is not deployed here: there is no parameter ${Name}`, {
      hint: "deploy it first, with the same credentials",
    });
  } finally {
    ssm.destroy();
  }
}

/** A drill takes machines away, and rules: nobody's build is to lose them. */
export async function refuseOthersBuilds({
  clients,
  description,
}: Pick<Drill, "clients" | "description">): Promise<void> {
  const { stateMachineArn, stage } = description;
  const { executions = [] } = await clients.sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", maxResults: 1 }),
  );
  const [build] = executions;
  if (build === undefined) return;
  throw new MusterError(`${build.name} runs on ${stage}, and a drill would take its workers away`, {
    hint: `muster stop ${build.name} --stage ${stage}, or wait for its end`,
  });
}
