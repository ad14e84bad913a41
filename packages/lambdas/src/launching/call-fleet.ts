import {
  CreateFleetCommand,
  type CreateFleetError,
  DescribeInstancesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import {
  type Activity,
  InvalidConfigurationError,
  type LaunchError,
  type LaunchRecord,
  type Refusal,
} from "@muster/pipeline";
import { describeFailure, isThrottled, isUnanswered, WorkerTag } from "@muster/records";
import { classifyFailure, classifyRefusal } from "./classify-refusal.ts";
import { fleetRequest } from "./fleet-request.ts";
import type { LaunchContext } from "./launch-context.ts";

/** Error messages that go into records and causes; EC2's encoded authorization messages run to kilobytes. */
const LONGEST_MESSAGE = 300;

/**
 * Asks EC2 for what an intent says and answers its outcome; a refusal is an outcome, not an error. Where nobody has said what came of the call it stays an
 * intent: whoever repeats it under its token gets the instances that there may be.
 */
export async function callFleet(
  activity: Activity,
  intent: LaunchRecord,
  { ec2, stage }: Pick<LaunchContext, "ec2" | "stage">,
): Promise<LaunchRecord> {
  const outcome = (instances: string[], errors: LaunchError[]) => ({ ...intent, finished: true, instances, errors });
  const refused = (error: Error, refusal: Refusal) => {
    const { code, message } = describeFailure(error);
    return outcome([], [{ refusal, code, message: shorten(message), market: intent.market }]);
  };
  try {
    const answer = await ec2.send(new CreateFleetCommand(fleetRequest(activity, intent, stage)));
    const instances = (answer.Instances ?? []).flatMap(({ InstanceIds }) => InstanceIds ?? []);
    return outcome(instances, distinct((answer.Errors ?? []).map((error) => poolError(error, stage.subnets))));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof InvalidConfigurationError) return refused(error, "configuration");
    if (error.name === "IdempotentParameterMismatch") return outcome(await alreadyLaunched(intent, ec2), []);
    const refusal = classifyFailure(error);
    const isOpen = refusal === "throttling" && isUnanswered(error) && !isThrottled(error);
    return { ...refused(error, refusal), finished: !isOpen };
  }
}

/** The token was used already, by a call whose answer was lost and whose parameters a deployment has changed since. */
async function alreadyLaunched({ clientToken }: LaunchRecord, ec2: EC2Client): Promise<string[]> {
  const { Reservations } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: `tag:${WorkerTag.launch}`, Values: [clientToken] }] }),
  );
  return (Reservations ?? []).flatMap(({ Instances }) => Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
}

function poolError(error: CreateFleetError, subnets: readonly { id: string; zone: string }[]): LaunchError {
  const code = error.ErrorCode ?? "Unknown";
  const { InstanceType, SubnetId, AvailabilityZone } = error.LaunchTemplateAndOverrides?.Overrides ?? {};
  const zone = AvailabilityZone ?? subnets.find(({ id }) => id === SubnetId)?.zone;
  return {
    refusal: classifyRefusal(code),
    code,
    message: shorten(error.ErrorMessage ?? ""),
    ...(InstanceType === undefined ? {} : { instanceType: InstanceType }),
    ...(zone === undefined ? {} : { zone }),
    ...(error.Lifecycle === undefined ? {} : { market: error.Lifecycle }),
  };
}

/** A fleet may try a pool several times. */
function distinct(errors: readonly LaunchError[]): LaunchError[] {
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}

const shorten = (text: string): string => text.replaceAll(/\s+/g, " ").slice(0, LONGEST_MESSAGE);
