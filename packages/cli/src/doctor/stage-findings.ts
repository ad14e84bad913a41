import { DescribeLogStreamsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { stateFolder } from "@muster/records";
import { explainError } from "../explain-error.ts";
import { listBuilds } from "../history/find-build.ts";
import { nextCommand } from "../next-command.ts";
import { readUntold } from "../notifications/untold.ts";
import { tellAgainWords } from "../notifications/untold-words.ts";
import type { Stage } from "../stages/stage.ts";
import { bad, type Finding, good, poor } from "./finding.ts";

/** AWS refuses a request that is older or newer than this; S3 has the longest patience. @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const REFUSED_MS = 5 * 60_000;
const WRONG_MS = 30_000;

/** What commands ask of a stage, asked for once: who is asking, what the clock says, and each kind of thing that is read. */
export async function stageFindings(stage: Stage, now: () => number = Date.now): Promise<Finding[]> {
  const { description } = stage;
  const { pipeline, region, accountId } = description;
  const named = good("stage", `${description.stage} of ${pipeline}, ${region}, account ${accountId}`);
  return [
    named,
    ...(await Promise.all([callerFinding(stage), clockFinding(stage, now), ...reads(stage), ...tellings(stage, now)])),
  ];
}

const callerFinding = (stage: Stage): Promise<Finding> =>
  tried("credentials", async () => `you are ${await stage.caller()}`);

async function clockFinding({ s3, description }: Stage, now: () => number): Promise<Finding> {
  let answered: string | undefined;
  const command = new ListObjectsV2Command({ Bucket: description.buckets.downloads, MaxKeys: 1 });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      answered = (result.response as { headers?: Record<string, string> }).headers?.date;
      return result;
    },
    // Behind the SDK's own, which throws where the answer is a refusal: that has a date too.
    { step: "deserialize", priority: "low", name: "serverDate" },
  );
  await (await s3()).send(command).catch(() => undefined);
  if (answered === undefined) return poor("clock", "S3 did not say what time it is", "ask again");
  const skewMs = now() - new Date(answered).getTime();
  const seconds = Math.abs(Math.round(skewMs / 1000));
  const words = seconds === 0 ? "as AWS's" : `${seconds} s ${skewMs < 0 ? "behind" : "ahead of"} AWS's`;
  if (Math.abs(skewMs) >= REFUSED_MS) return bad("clock", words, "set the clock: AWS refuses such requests");
  return Math.abs(skewMs) >= WRONG_MS ? poor("clock", words, "set the clock") : good("clock", words);
}

/** What whoever builds may list; the rest of the state bucket is nobody's to read. */
const LISTED = {
  artifacts: { role: "scratch", prefix: "" },
  downloads: { role: "downloads", prefix: "" },
  attempts: { role: "state", prefix: stateFolder.attempts },
  launches: { role: "state", prefix: stateFolder.launches },
} as const;

/** One of each kind of call that the commands make to read. Whether builds may be started, only starting one tells. */
function reads({ sfn, s3, logs, description }: Stage): Promise<Finding>[] {
  const { stateMachineArn, logGroups, buckets } = description;
  const [logGroup] = Object.values(logGroups);
  return [
    tried("builds", async () => {
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }));
      const [latest] = executions;
      return latest === undefined ? "nothing has been built yet" : `the latest is ${latest.name}`;
    }),
    tried("logs", async () => {
      await (await logs()).send(new DescribeLogStreamsCommand({ logGroupName: logGroup, limit: 1 }));
      return "can be read";
    }),
    ...Object.entries(LISTED).map(([what, { role, prefix }]) =>
      tried(what, async () => {
        await (await s3()).send(new ListObjectsV2Command({ Bucket: buckets[role], Prefix: prefix, MaxKeys: 1 }));
        return `s3://${buckets[role]}/${prefix} can be listed`;
      }),
    ),
  ];
}

/** Whether those heard of the latest build's end whom the pipeline names. */
function tellings(stage: Stage, now: () => number): Promise<Finding>[] {
  if ((stage.pipeline.notifies ?? []).length === 0) return [];
  const what = "notifications";
  const look = async (): Promise<Finding> => {
    const latest = (await listBuilds(stage, { max: LATEST })).find(({ running }) => !running);
    if (latest === undefined) return good(what, "nothing has ended yet");
    const untold = await readUntold(stage, latest, new Date(now()));
    const [first] = untold;
    if (first === undefined) return good(what, `all were told who are to be told of ${latest.name}`);
    const named = stage.movedBy === "aws" ? { stage: stage.description.stage } : {};
    const names = untold.map(({ target }) => target).join(", ");
    const words = `${names} ${untold.length === 1 ? "was" : "were"} not told of ${latest.name}: ${first.problem}`;
    return poor(what, words, `mend that, then ${nextCommand(named, tellAgainWords(latest.name, untold))}`);
  };
  return [
    look().catch((error: unknown) => {
      const { message, hint } = explainError(error);
      return bad(what, message, hint);
    }),
  ];
}

/** Of builds: as many as may run at once, and one that has ended. */
const LATEST = 10;

async function tried(what: string, ask: () => Promise<string>): Promise<Finding> {
  try {
    return good(what, await ask());
  } catch (error) {
    const { message, hint } = explainError(error);
    return bad(what, message, hint);
  }
}
