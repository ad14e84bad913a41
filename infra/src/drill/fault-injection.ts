import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { MusterError } from "@muster/pipeline";

const run = promisify(execFile);

export interface FaultInjectionOptions {
  readonly region: string;
  readonly account: string;
  /** ARN of the role that AWS Fault Injection Service takes to interrupt: it needs `ec2:SendSpotInstanceInterruptions`. */
  readonly role: string;
}

/**
 * Interrupts a spot instance as AWS does: a notice, and the end two minutes later. By AWS's command line, as the service is of no other use here.
 * @see https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions
 * @throws MusterError where there is no command, or AWS refuses
 */
export async function interruptByFaultInjection(
  instanceId: string,
  { region, account, role }: FaultInjectionOptions,
): Promise<void> {
  const template = {
    description: "Muster's drill: a spot interruption",
    roleArn: role,
    stopConditions: [{ source: "none" }],
    targets: {
      worker: {
        resourceType: "aws:ec2:spot-instance",
        resourceArns: [`arn:aws:ec2:${region}:${account}:instance/${instanceId}`],
        selectionMode: "ALL",
      },
    },
    actions: {
      interrupt: {
        actionId: "aws:ec2:send-spot-instance-interruptions",
        parameters: { durationBeforeInterruption: "PT2M" },
        targets: { SpotInstances: "worker" },
      },
    },
  };
  const fis = (command: string, ...words: string[]) => aws(region, "fis", command, ...words);
  const made = await fis("create-experiment-template", "--cli-input-json", JSON.stringify(template));
  const { id } = (made as { experimentTemplate: { id: string } }).experimentTemplate;
  try {
    await fis("start-experiment", "--experiment-template-id", id);
  } finally {
    // An experiment that has begun goes on without it.
    await fis("delete-experiment-template", "--id", id);
  }
}

async function aws(region: string, ...words: string[]): Promise<unknown> {
  try {
    const { stdout } = await run("aws", [...words, "--region", region, "--output", "json"]);
    return JSON.parse(stdout);
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT")
      throw new MusterError("the AWS command line is not installed", { hint: "a spot interruption goes by way of it" });
    const line = stderr.split("\n").find((each) => each.trim() !== "");
    throw new MusterError(`aws ${words.slice(0, 2).join(" ")} failed: ${line ?? String(error)}`, { cause: error });
  }
}
