import type { HistoryEvent, SFNClient } from "@aws-sdk/client-sfn";
import { type BuildHistory, buildPage, historyReader, type LaunchTimes } from "@muster/history";
import { stateKey, stateRecords } from "@muster/records";
import * as z from "zod";
import { executionHistory } from "./builds/execution-history.ts";
import { platformsOf } from "./builds/running-builds.ts";
import { keepDurations } from "./durations/keep-durations.ts";
import { handler } from "./handler.ts";
import { failuresOfRecords } from "./pages/failures-of-records.ts";
import { readLaunchTimes } from "./pages/read-launch-times.ts";
import { stageOfPage } from "./pages/stage-of-page.ts";
import { writePage } from "./pages/write-page.ts";

/** What EventBridge delivers. @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const ExecutionStatus = z.object({
  "detail-type": z.literal("Step Functions Execution Status Change"),
  detail: z.object({ executionArn: z.string(), stateMachineArn: z.string(), status: z.string() }),
});

/** Keeps a build's page beside its records when it has ended, however: by itself, stopped, or out of time. It is no part of the build, and fails none. */
export const keepPage = handler(
  "KeepPage",
  { input: ExecutionStatus, uses: ["s3", "sfn"] },
  async ({ detail: { executionArn, stateMachineArn, status } }, { pipeline, stage, clients: { s3, sfn }, log }) => {
    if (status === "RUNNING" || stateMachineArn !== stage.stateMachineArn) return { ignored: status };
    const build = await readBuild(sfn, executionArn);
    // It was let go on before anybody came to its page.
    if (build.endedAt === undefined) return { ignored: build.state };
    const name = executionArn.slice(executionArn.lastIndexOf(":") + 1);
    const bucket = stage.buckets.state;
    const launches = await readLaunchTimes({ s3, pipeline, description: stage }, build).catch(
      (error: unknown): LaunchTimes => {
        log.warn("launches could not be read", { build: name, reason: String(error) });
        return new Map();
      },
    );
    const failures = await failuresOfRecords(build, name, { s3, bucket, stage: stage.stage });
    const page = buildPage({
      ...stageOfPage(pipeline, stage, name),
      name,
      build,
      launches,
      failures,
      now: build.endedAt,
    });
    const place = { bucket, key: stateKey.page(name) };
    const written = await writePage(s3, place, { page, lastEventId: build.lastEventId });
    await keepDurations({ name, build, launches }, stateRecords(s3, bucket)).catch((error: unknown) =>
      log.warn("durations are not kept", { build: name, reason: String(error) }),
    );
    return { page: `s3://${bucket}/${place.key}`, written };
  },
);

/** Events are understood as many at a time as come at once. */
const BATCH = 1000;

async function readBuild(sfn: SFNClient, executionArn: string): Promise<BuildHistory> {
  const history = historyReader();
  await readBatches(sfn, executionArn, history.read);
  for (const { arn: mapRunArn } of history.mapRuns) {
    for await (const platform of platformsOf(sfn, [mapRunArn])) {
      await readBatches(sfn, platform, (events) => history.readPlatform(platform, events));
    }
  }
  return history.build;
}

async function readBatches(
  sfn: SFNClient,
  executionArn: string,
  read: (events: readonly HistoryEvent[]) => unknown,
): Promise<void> {
  let batch: HistoryEvent[] = [];
  for await (const event of executionHistory(sfn, executionArn)) {
    batch.push(event);
    if (batch.length < BATCH) continue;
    read(batch);
    batch = [];
  }
  read(batch);
}
