import { type FunctionName, policyOf } from "@muster/pipeline";
import { toldHere } from "../src/notifications/told-here.ts";
import recordedBuild from "./golden/recorded-build.json" with { type: "json" };
import recordedCalls from "./golden/recorded-calls.json" with { type: "json" };
import { type DeployedStage, distinct, type IamRequest, toRequests } from "./iam-requests.ts";

/** Every call that a function's code makes, and what AWS asks for beyond it. */
export function functionRequests(name: FunctionName, at: DeployedStage): IamRequest[] {
  // Nothing calls it on a stage that tells nobody.
  if (name === "Notify" && toldHere(at).length === 0) return ownRequests(name, at);
  const ofBuild: Readonly<Record<string, readonly string[]>> = recordedBuild;
  const calls = [
    ...recordedCalls[name],
    ...(at.pipeline.name === "muster" ? (ofBuild[name] ?? []) : []),
    ...callsByPolicy(name, at),
  ].filter((call) => at.stage.edge !== null || !call.startsWith("cloudfront:"));
  return distinct([
    ...calls.flatMap((call) => at.pipeline.activities.flatMap((activity) => toRequests(call, { at, activity }))),
    ...ownRequests(name, at),
  ]);
}

const READS_DURATIONS = "s3:GetObject state/durations.json";

/** What a stage's policy has a function call besides: the recorded stage has the usual one. */
function callsByPolicy(name: FunctionName, { stage }: DeployedStage): readonly string[] {
  const { startAhead, order, criticalPath } = policyOf(stage);
  if (name === "PrepareActivity" && criticalPath === "on-demand") return [READS_DURATIONS];
  if (name === "GetPlatformsForVersion" && order === "longest-first") return [READS_DURATIONS, "s3:ListBucket state"];
  if (name !== "HealthCheck" || !startAhead) return [];
  const decides = recordedCalls.PrepareActivity.filter((call) => /^s3:\w+ (scratch|downloads)/.test(call));
  const puts = recordedCalls.PrepareActivity.filter((call) => call.startsWith("s3:PutObject state/demands/"));
  return [...decides, ...puts, READS_DURATIONS];
}

/** What Lambda asks with any function's role. */
const ownRequests = (name: FunctionName, at: DeployedStage): IamRequest[] => [
  ...writesLog(at, `/aws/lambda/${at.names.lambda(name)}`),
  ...(at.stage.tracing ? traces() : []),
];

/** Lambda writes a function's output with the function's role. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
function writesLog({ names }: DeployedStage, group: string): IamRequest[] {
  const resource = names.arn("logs", `log-group:${group}:log-stream:2026/11/24/[12]0123`);
  return ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({ action, resource }));
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const traces = (): IamRequest[] =>
  ["xray:PutTraceSegments", "xray:PutTelemetryRecords"].map((action) => ({ action, resource: "*" }));
