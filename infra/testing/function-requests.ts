import type { FunctionName } from "@muster/pipeline";
import { toldHere } from "../src/notifications/told-here.ts";
import recordedBuild from "./golden/recorded-build.json" with { type: "json" };
import recordedCalls from "./golden/recorded-calls.json" with { type: "json" };
import { type DeployedStage, distinct, type IamRequest, toRequests } from "./iam-requests.ts";

/** Every call that a function's code makes, and what AWS asks for beyond it. */
export function functionRequests(name: FunctionName, at: DeployedStage): IamRequest[] {
  // Nothing calls it on a stage that tells nobody.
  if (name === "Notify" && toldHere(at).length === 0) return ownRequests(name, at);
  const ofBuild: Readonly<Record<string, readonly string[]>> = recordedBuild;
  const calls = [...recordedCalls[name], ...(at.pipeline.name === "muster" ? (ofBuild[name] ?? []) : [])].filter(
    (call) => at.stage.edge !== null || !call.startsWith("cloudfront:"),
  );
  return distinct([
    ...calls.flatMap((call) => at.pipeline.activities.flatMap((activity) => toRequests(call, { at, activity }))),
    ...ownRequests(name, at),
  ]);
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
