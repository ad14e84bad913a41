import { type EC2Client, GetConsoleOutputCommand } from "@aws-sdk/client-ec2";
import type { LaunchRecord } from "@muster/pipeline";
import type { Log } from "../log.ts";
import { describeRefusals } from "./tasks-without-worker.ts";

export interface Forensics {
  readonly ec2: EC2Client;
  readonly log: Log;
}

/** Why no worker of an activity came up: what EC2 refused, or the last words of a machine that never got ready. */
export async function whyNoWorker(launches: readonly LaunchRecord[], forensics: Forensics): Promise<string> {
  const last = launches.findLast(({ instances }) => instances.length > 0);
  const refused = launches.slice(last === undefined ? 0 : launches.indexOf(last)).flatMap(({ errors }) => errors);
  if (refused.length > 0) return describeRefusals(refused);
  const instance = last?.instances[0];
  if (instance === undefined) return "no worker could be launched";
  const words = await lastWords(instance, forensics);
  return words === "" ? `${instance} never became ready` : `${instance} never became ready; its console ends: ${words}`;
}

async function lastWords(InstanceId: string, { ec2, log }: Forensics): Promise<string> {
  try {
    const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId }));
    const lines = Buffer.from(Output ?? "", "base64")
      .toString("utf8")
      .trim()
      .split(/\r?\n/);
    return lines.slice(-3).join(" | ").trim();
  } catch (error) {
    log.warn("no console output", { instance: InstanceId, error: error instanceof Error ? error.name : String(error) });
    return "";
  }
}
