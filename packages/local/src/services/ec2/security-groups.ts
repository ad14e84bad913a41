import { AwsError } from "../../aws-error.ts";
import type { Random } from "../../random.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import type { Network } from "./network.ts";
import type { Tags } from "./tags.ts";

/** Its rules would say nothing: no instance of this machine has a network of its own. */
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Tags;
}

/** The security groups of the default network. */
export interface SecurityGroups {
  /** Throws `InvalidGroup.Duplicate` or `InvalidGroup.Reserved`. */
  create(name: string, description: string, tags: Tags): SecurityGroup;
  /** Throws `InvalidGroupId.Malformed` or `InvalidGroup.NotFound`. */
  withId(id: string): SecurityGroup;
  /** Throws `InvalidGroup.NotFound`. */
  named(name: string): SecurityGroup;
  byId(id: string): SecurityGroup | undefined;
  all(): SecurityGroup[];
  save(group: SecurityGroup): void;
  delete(group: SecurityGroup): void;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export function securityGroups({
  storage,
  random,
  network,
}: {
  storage: Storage;
  random: Random;
  network: Network;
}): SecurityGroups {
  const groups = openStoredMap<SecurityGroup>(storage, "ec2/security-groups");
  const standard = {
    id: network.securityGroupId,
    name: "default",
    description: "default VPC security group",
    tags: {},
  };
  const byId = (id: string) => groups.get(id) ?? (id === standard.id ? standard : undefined);
  const all = () => [...(groups.has(standard.id) ? [] : [standard]), ...groups.values()];
  const found = (group: SecurityGroup | undefined, which: string): SecurityGroup => {
    if (group !== undefined) return group;
    throw new AwsError("InvalidGroup.NotFound", `The security group ${which}`);
  };
  return {
    create(name, description, tags) {
      for (const [parameter, text] of Object.entries({ groupName: name, groupDescription: description })) {
        if (!TEXT.test(text))
          throw new AwsError("InvalidParameterValue", `Value (${text}) for parameter ${parameter} is invalid.`);
      }
      if (name.startsWith("sg-"))
        throw new AwsError(
          "InvalidParameterValue",
          `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
        );
      if (name === "default")
        throw new AwsError("InvalidGroup.Reserved", "The security group 'default' is reserved for internal use");
      if (all().some((group) => group.name === name)) {
        const message = `The security group '${name}' already exists for VPC '${network.vpcId}'`;
        throw new AwsError("InvalidGroup.Duplicate", message);
      }
      const group = { id: `sg-${random.hex(17)}`, name, description, tags };
      groups.set(group.id, group);
      return group;
    },
    withId(id) {
      if (!/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
        throw new AwsError("InvalidGroupId.Malformed", `Invalid id: "${id}" (expecting "sg-...")`);
      return found(byId(id), `'${id}' does not exist`);
    },
    named: (name) =>
      found(
        all().find((group) => group.name === name),
        `'${name}' does not exist in default VPC '${network.vpcId}'`,
      ),
    byId,
    all,
    save: (group) => groups.set(group.id, group),
    delete: (group) => void groups.delete(group.id),
  };
}
