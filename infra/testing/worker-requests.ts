import type { Activity } from "@muster/pipeline";
import recordedCalls from "./golden/recorded-calls.json" with { type: "json" };
import { type DeployedStage, distinct, type IamRequest, INSTANCE, toRequests } from "./iam-requests.ts";
import { evaluate } from "./references.ts";
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

/** What the user data tells a machine to fetch: its agent and its scripts, each in the version that was deployed. */
function fetches({ name }: Activity, { stack, names }: DeployedStage): IamRequest[] {
  const userData = evaluate(String(stack.locals[`${name}_user_data`]), stack);
  const urls = [...userData.matchAll(/s3:\/\/([^/']+)\/([^?#']+)\?versionId=/g)];
  if (urls.length === 0) throw new Error(`the user data of ${name} names nothing to fetch`);
  return urls.map(([, bucket, key]) => ({
    action: "s3:GetObjectVersion",
    resource: names.arn("s3", `${bucket}/${key}`, { region: "", account: "" }),
  }));
}

/** The machine's own SSM agent. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const sessionManager = ({ names }: DeployedStage): IamRequest[] => [
  { action: "ssm:UpdateInstanceInformation", resource: names.arn("ec2", `instance/${INSTANCE}`) },
  ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map((name) => ({
    action: `ssmmessages:${name}`,
    resource: "*",
  })),
];
