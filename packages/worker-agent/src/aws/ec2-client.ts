import { CreateTagsCommand, EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";

export function createEc2Client(config: EC2ClientConfig): EC2Client {
  return new EC2Client(config);
}

/** A tag's value holds 256 characters. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
const LONGEST_VALUE = 256;

/** Overwrites these tags of one instance. */
export async function writeTags(
  ec2: EC2Client,
  instanceId: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value: Value.slice(0, LONGEST_VALUE) }));
  await ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags }));
}
