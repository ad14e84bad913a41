import type { Ec2Context } from "./ec2-context.ts";
import { FILTER_NAMES } from "./filter-names.ts";
import type { Filterable } from "./filters.ts";
import { architectureOf, type Instance, privateDnsName, renderState } from "./instance.ts";
import {
  instanceProfileIdOf,
  interfaceIdOf,
  isGone,
  macAddressOf,
  ROOT_DEVICE,
  spotRequestIdOf,
  volumeIdOf,
} from "./instance-parts.ts";
import { reachabilityOf, statusOf } from "./instance-status.ts";

type FilterContext = Pick<Ec2Context, "accountId" | "securityGroups" | "network">;

/** By what DescribeInstances finds instances: what it answers of them, under the names of its filters. */
export function instanceFilters(context: FilterContext): Filterable<Instance> {
  return {
    names: FILTER_NAMES.DescribeInstances,
    tags: ({ tags }) => tags,
    values: (instance) => ({
      ...instanceValues(instance, context),
      ...(isGone(instance) ? {} : { ...interfaceValues(instance, context), ...deviceValues(instance) }),
    }),
  };
}

function instanceValues(instance: Instance, { accountId, securityGroups, network }: FilterContext) {
  const { state, stateReason, instanceProfileArn, market } = instance;
  const groups = isGone(instance) ? [] : instance.securityGroupIds;
  return {
    architecture: architectureOf(instance.instanceType),
    "availability-zone": instance.availabilityZone,
    "availability-zone-id": network.subnetOfZone(instance.availabilityZone).zoneId,
    "capacity-reservation-specification.capacity-reservation-preference": "open",
    "client-token": instance.clientToken,
    "ebs-optimized": false,
    "enclave-options.enabled": false,
    "ena-support": true,
    "hibernation-options.configured": false,
    hypervisor: "xen",
    "iam-instance-profile.arn": instanceProfileArn,
    "iam-instance-profile.id": instanceProfileArn && instanceProfileIdOf(instanceProfileArn),
    "image-id": instance.imageId,
    "instance-id": instance.instanceId,
    "instance-lifecycle": market === "spot" ? "spot" : undefined,
    "instance-state-code": renderState(state).code,
    "instance-state-name": state,
    "instance-type": instance.instanceType,
    "instance.group-id": groups,
    "instance.group-name": groups.map((id) => securityGroups.byId(id)?.name),
    "key-name": instance.keyName,
    "launch-index": instance.launchIndex,
    "launch-time": new Date(instance.launchMs).toISOString(),
    "maintenance-options.auto-recovery": "default",
    "metadata-options.http-endpoint": "enabled",
    "metadata-options.http-protocol-ipv4": "enabled",
    "metadata-options.http-protocol-ipv6": "disabled",
    "metadata-options.http-put-response-hop-limit": 1,
    "metadata-options.http-tokens": instance.httpTokens,
    "metadata-options.instance-metadata-tags": instance.instanceMetadataTags ? "enabled" : "disabled",
    "metadata-options.state": "applied",
    "monitoring-state": "disabled",
    "operator.managed": false,
    "owner-id": accountId,
    "platform-details": "Linux/UNIX",
    "private-dns-name": privateDnsName(instance),
    "private-dns-name-options.enable-resource-name-dns-a-record": false,
    "private-dns-name-options.enable-resource-name-dns-aaaa-record": false,
    "private-dns-name-options.hostname-type": "ip-name",
    "private-ip-address": instance.privateIpAddress,
    reason: stateReason?.message,
    "reservation-id": instance.reservationId,
    "root-device-name": ROOT_DEVICE,
    "root-device-type": "ebs",
    "source-dest-check": true,
    "spot-instance-request-id": spotRequestIdOf(instance),
    "state-reason-code": stateReason?.code,
    "state-reason-message": stateReason?.message,
    "subnet-id": isGone(instance) ? undefined : instance.subnetId,
    tenancy: "default",
    "usage-operation": "RunInstances",
    "usage-operation-update-time": new Date(instance.launchMs).toISOString(),
    "virtualization-type": "hvm",
    "vpc-id": isGone(instance) ? undefined : instance.vpcId,
  };
}

function interfaceValues(instance: Instance, { accountId, securityGroups }: FilterContext) {
  const address = instance.privateIpAddress;
  const dnsName = privateDnsName(instance);
  return {
    "network-interface.addresses.primary": true,
    "network-interface.addresses.private-dns-name": dnsName,
    "network-interface.addresses.private-ip-address": address,
    "network-interface.attachment.attach-time": new Date(instance.launchMs).toISOString(),
    "network-interface.attachment.attachment-id": `eni-attach-${instance.instanceId.slice(2)}`,
    "network-interface.attachment.delete-on-termination": true,
    "network-interface.attachment.device-index": 0,
    "network-interface.attachment.instance-id": instance.instanceId,
    "network-interface.attachment.instance-owner-id": accountId,
    "network-interface.attachment.network-card-index": 0,
    "network-interface.attachment.status": "attached",
    "network-interface.availability-zone": instance.availabilityZone,
    "network-interface.description": "",
    "network-interface.group-id": instance.securityGroupIds,
    "network-interface.group-name": instance.securityGroupIds.map((id) => securityGroups.byId(id)?.name),
    "network-interface.mac-address": macAddressOf(instance),
    "network-interface.network-interface-id": interfaceIdOf(instance),
    "network-interface.operator.managed": false,
    "network-interface.owner-id": accountId,
    "network-interface.private-dns-name": dnsName,
    "network-interface.private-ip-address": address,
    "network-interface.requester-managed": false,
    "network-interface.source-dest-check": true,
    "network-interface.status": "in-use",
    "network-interface.subnet-id": instance.subnetId,
    "network-interface.vpc-id": instance.vpcId,
  };
}

const deviceValues = (instance: Instance) => ({
  "block-device-mapping.attach-time": new Date(instance.launchMs).toISOString(),
  "block-device-mapping.delete-on-termination": true,
  "block-device-mapping.device-name": ROOT_DEVICE,
  "block-device-mapping.status": "attached",
  "block-device-mapping.volume-id": volumeIdOf(instance),
});

export function instanceStatusFilters({ network }: FilterContext): Filterable<Instance> {
  return {
    names: FILTER_NAMES.DescribeInstanceStatus,
    values: ({ availabilityZone, state }) => ({
      "attached-ebs-status.status": statusOf(state),
      "availability-zone": availabilityZone,
      "availability-zone-id": network.subnetOfZone(availabilityZone).zoneId,
      "instance-state-code": renderState(state).code,
      "instance-state-name": state,
      "instance-status.reachability": reachabilityOf(state),
      "instance-status.status": statusOf(state),
      "operator.managed": false,
      "system-status.reachability": reachabilityOf(state),
      "system-status.status": statusOf(state),
    }),
  };
}
