import type { Activity } from "@muster/pipeline";
import recordedCalls from "./golden/recorded-calls.json" with { type: "json" };
import { type DeployedStage, distinct, type IamRequest, INSTANCE, toRequests } from "./iam-requests.ts";
import { evaluate, resourcesOf } from "./references.ts";
import { scriptRequests } from "./script-requests.ts";

/** Every call of a worker: its agent's, its scripts', those of the machine itself, and what AWS asks for beyond them. */
export function workerRequests(activity: Activity, at: DeployedStage): IamRequest[] {
  const ofAgent = [
    ...recordedCalls.worker,
    ...(activity.exclusive ? recordedCalls["worker of an exclusive activity"] : []),
  ];
  return distinct([
    ...ofAgent.flatMap((call) => toRequests(call, { at, activity })),
    ...scriptRequests(activity, at),
    ...fetches(activity, at),
    ...sessionManager(at),
  ]);
}

/** What user data and tasks tell a machine to fetch: its agent and its scripts, each in the version that was deployed. */
function fetches(activity: Activity, { stack, names }: DeployedStage): IamRequest[] {
  const { name } = activity;
  const userData = evaluate(String(stack.locals[`${name}_user_data`]), stack);
  const machines = resourcesOf(stack, "aws_sfn_state_machine").map(([, { definition }]) =>
    scriptsOfTasks(JSON.parse(evaluate(String(definition), stack)), name),
  );
  const texts = [userData, ...machines].join("\n");
  const urls = [...texts.matchAll(/s3:\/\/([^/'"]+)\/([^?#'"]+)\?versionId=/g)];
  if (urls.length === 0) throw new Error(`the user data of ${name} names nothing to fetch`);
  return urls.map(([, bucket, key]) => ({
    action: "s3:GetObjectVersion",
    resource: names.arn("s3", `${bucket}/${key}`, { region: "", account: "" }),
  }));
}

/** What a definition hands to the tasks of an activity, as JSON; nothing of other activities. */
function scriptsOfTasks(value: unknown, activity: string): string {
  if (typeof value !== "object" || value === null) return "";
  if ("activity" in value && "scripts" in value)
    return value.activity === activity ? JSON.stringify(value.scripts) : "";
  return Object.values(value)
    .map((inner) => scriptsOfTasks(inner, activity))
    .join("\n");
}

/** The machine's own SSM agent. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const sessionManager = ({ names }: DeployedStage): IamRequest[] => [
  { action: "ssm:UpdateInstanceInformation", resource: names.arn("ec2", `instance/${INSTANCE}`) },
  ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map((name) => ({
    action: `ssmmessages:${name}`,
    resource: "*",
  })),
];
