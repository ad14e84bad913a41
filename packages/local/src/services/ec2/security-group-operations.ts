import { AwsError } from "../../aws-error.ts";
import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import { type Filter, type Filterable, select } from "./filters.ts";
import { renderTags } from "./instance.ts";
import type { TagSpecification } from "./launch-specification.ts";
import { missingParameter } from "./missing-parameter.ts";
import { type PageRequest, pageOf } from "./paging.ts";
import type { SecurityGroup } from "./security-groups.ts";
import { tagsFor } from "./tags.ts";

interface CreateInput {
  readonly GroupName: string;
  readonly GroupDescription: string;
  readonly VpcId?: string;
  readonly TagSpecification?: readonly TagSpecification[];
}

interface DescribeInput extends PageRequest {
  readonly GroupId?: readonly string[];
  readonly GroupName?: readonly string[];
  readonly Filter?: readonly Filter[];
}

/** What a new group lets out: everything. */
const EVERYWHERE = { ipProtocol: "-1", ipRanges: [{ cidrIp: "0.0.0.0/0" }] };

export function securityGroupOperations({ securityGroups, network, lifecycle, region, accountId }: Ec2Context) {
  const filters: Filterable<SecurityGroup> = {
    names: FILTER_NAMES.DescribeSecurityGroups,
    tags: ({ tags }) => tags,
    values: ({ id, name, description }) => ({
      "group-id": id,
      "group-name": name,
      description,
      "owner-id": accountId,
      "vpc-id": network.vpcId,
      "egress.ip-permission.protocol": "-1",
      "egress.ip-permission.cidr": "0.0.0.0/0",
    }),
  };
  const arn = (id: string) => `arn:aws:ec2:${region}:${accountId}:security-group/${id}`;
  const render = ({ id, name, description, tags }: SecurityGroup) => ({
    ownerId: accountId,
    groupId: id,
    groupName: name,
    groupDescription: description,
    vpcId: network.vpcId,
    securityGroupArn: arn(id),
    ipPermissions: [],
    ipPermissionsEgress: [EVERYWHERE],
    tagSet: renderTags(tags),
  });
  return {
    CreateSecurityGroup({ GroupName, GroupDescription, VpcId, TagSpecification }: CreateInput) {
      if (VpcId !== undefined) network.checkVpc(VpcId);
      const tags = tagsFor("security-group", TagSpecification);
      const { id } = securityGroups.create(GroupName, GroupDescription, tags);
      return { return: true, groupId: id, securityGroupArn: arn(id), tagSet: renderTags(tags) };
    },

    DeleteSecurityGroup({ GroupId, GroupName }: { GroupId?: string; GroupName?: string }) {
      if (GroupId === undefined && GroupName === undefined) throw missingParameter("GroupId");
      const group = GroupId === undefined ? securityGroups.named(GroupName ?? "") : securityGroups.withId(GroupId);
      const { id, name } = group;
      if (name === "default") {
        const message = `the specified group: "${id}" name: "${name}" cannot be deleted by a user`;
        throw new AwsError("CannotDelete", message);
      }
      const isUsed = lifecycle
        .visible()
        .some(({ state, securityGroupIds }) => state !== "terminated" && securityGroupIds.includes(id));
      if (isUsed) throw new AwsError("DependencyViolation", `resource ${id} has a dependent object`);
      securityGroups.delete(group);
      return { return: true, groupId: id };
    },

    DescribeSecurityGroups(input: DescribeInput) {
      const { GroupId, GroupName, Filter } = input;
      const named = [
        ...(GroupId ?? []).map((id) => securityGroups.withId(id)),
        ...(GroupName ?? []).map((name) => securityGroups.named(name)),
      ];
      const chosen = GroupId === undefined && GroupName === undefined ? securityGroups.all() : named;
      const { page, nextToken } = pageOf(select(chosen, Filter, filters), input);
      return { securityGroupInfo: page.map(render), nextToken };
    },
  };
}
