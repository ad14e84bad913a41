import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { StageDescription, stageParameter } from "@muster/pipeline";
import type { LoadedPipeline } from "../load-pipeline.ts";
import { StageError, UsageError } from "../usage-error.ts";
import { lateClient } from "./late-client.ts";
import { readerClients } from "./reader-clients.ts";
import type { Stage } from "./stage.ts";
import type { StageOptions } from "./stage-options.ts";

/**
 * All of an account and region have 20 calls of GetExecutionHistory a second between them: enough for eighty who follow.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general
 */
const POLL_MS = 4000;

/** A following command outlives throttling and blips of the network. */
const MAX_ATTEMPTS = 8;

/** A deployment on AWS, described by the parameter that it was deployed with; credentials and region are the environment's. */
export async function openAwsStage(name: string, options: StageOptions): Promise<Stage> {
  const { description, pipeline, folder } = await loadDeployed(name, options);
  if (pipeline.name !== description.pipeline) {
    throw new UsageError(`the stage ${name} runs the pipeline ${description.pipeline}, not ${pipeline.name}`, {
      hint: `leave --pipeline out, or name another stage`,
    });
  }
  const config = { region: description.region, maxAttempts: MAX_ATTEMPTS };
  const { close, ...clients } = readerClients(config);
  const serviceQuotas = lateClient(async () => {
    const { ServiceQuotasClient } = await import("./clients/service-quotas-client.ts");
    return new ServiceQuotasClient(config);
  });
  return {
    pipeline,
    pipelineFolder: folder,
    description,
    ...clients,
    serviceQuotas: serviceQuotas.get,
    pollMs: POLL_MS,
    movedBy: "aws",
    isBilled: true,
    downloads: `s3://${description.buckets.downloads} (${description.downloadsUrl})`,
    caller: () => callerOf(description),
    notify: async (request) => (await import("./invoke-notify.ts")).invokeNotify(description, request),
    async close() {
      await close();
      await serviceQuotas.close();
    },
  };
}

/** The definition of what is deployed: the one that was asked for, else the one around where it has the stage's name, or else by that name. */
export async function loadDeployed(
  name: string,
  { pipeline: asked, loadPipeline }: StageOptions,
): Promise<LoadedPipeline & { readonly description: StageDescription }> {
  const description = await describeStage(name);
  const around = await loadPipeline(asked).catch((error: unknown) => {
    if (asked !== undefined || !(error instanceof UsageError)) throw error;
  });
  const isMeant = asked !== undefined || around?.pipeline.name === description.pipeline;
  const loaded = around !== undefined && isMeant ? around : await loadPipeline(description.pipeline);
  return { ...loaded, description };
}

async function callerOf({ region }: StageDescription): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const sts = new STSClient({ region, maxAttempts: MAX_ATTEMPTS });
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return Arn ?? "unknown";
  } finally {
    sts.destroy();
  }
}

async function describeStage(name: string): Promise<StageDescription> {
  const ssm = new SSMClient({});
  const parameter = stageParameter(name);
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
    const description = StageDescription.safeParse(JSON.parse(Parameter?.Value ?? "null"));
    if (description.success) return description.data;
    throw new StageError(
      `the parameter ${parameter} does not describe a stage: ${description.error.issues[0]?.message}`,
      {
        hint: "deploy the stage again",
      },
    );
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
    throw new StageError(`there is no stage "${name}" in this account and region: ${parameter} does not exist`, {
      hint: "deploy it, or leave --stage out to build on this machine",
    });
  } finally {
    ssm.destroy();
  }
}
