import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { WorkerTag } from "@muster/records";

/** Names of the tasks that workers are at: of a build that has ended, those whose after-task script still runs. */
export async function busyWorkers(ec2: EC2Client): Promise<string[]> {
  const { Reservations = [] } = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: "instance-state-name", Values: ["running"] },
        { Name: `tag:${WorkerTag.state}`, Values: ["active"] },
      ],
    }),
  );
  const tags = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ Tags = [] }) => Tags));
  return tags.map((each) => each.find(({ Key }) => Key === WorkerTag.task)?.Value ?? "").sort();
}
