import { architectureOf, type Instance, privateDnsName, renderState, renderTags } from "./instance.ts";
import {
  instanceProfileIdOf,
  interfaceIdOf,
  isGone,
  macAddressOf,
  ROOT_DEVICE,
  spotRequestIdOf,
  volumeIdOf,
} from "./instance-parts.ts";
import type { SecurityGroups } from "./security-groups.ts";

/** The instance as DescribeInstances answers it. */
export function renderInstance(
  instance: Instance,
  { accountId, securityGroups }: { accountId: string; securityGroups: SecurityGroups },
): Record<string, unknown> {
  const { state, stateReason, instanceProfileArn, instanceType } = instance;
  const groupIds = isGone(instance) ? [] : instance.securityGroupIds;
  const groupSet = groupIds.map((groupId) => ({ groupId, groupName: securityGroups.byId(groupId)?.name }));
  return {
    instanceId: instance.instanceId,
    imageId: instance.imageId,
    instanceState: renderState(state),
    privateDnsName: privateDnsName(instance),
    dnsName: "",
    reason: stateReason === undefined ? "" : stateReason.message,
    keyName: instance.keyName,
    amiLaunchIndex: instance.launchIndex,
    instanceType,
    launchTime: new Date(instance.launchMs),
    placement: { availabilityZone: instance.availabilityZone, groupName: "", tenancy: "default" },
    monitoring: { state: "disabled" },
    privateIpAddress: instance.privateIpAddress,
    sourceDestCheck: true,
    groupSet,
    ...(!isGone(instance) && {
      subnetId: instance.subnetId,
      vpcId: instance.vpcId,
      networkInterfaceSet: [renderInterface(instance, { accountId, groupSet })],
    }),
    stateReason,
    architecture: architectureOf(instanceType),
    rootDeviceType: "ebs",
    rootDeviceName: ROOT_DEVICE,
    blockDeviceMapping: isGone(instance)
      ? []
      : [
          {
            deviceName: ROOT_DEVICE,
            ebs: {
              volumeId: volumeIdOf(instance),
              status: "attached",
              deleteOnTermination: true,
              attachTime: new Date(instance.launchMs),
            },
          },
        ],
    virtualizationType: "hvm",
    ...(instance.market === "spot" && {
      instanceLifecycle: "spot",
      spotInstanceRequestId: spotRequestIdOf(instance),
    }),
    clientToken: instance.clientToken ?? "",
    tagSet: renderTags(instance.tags),
    hypervisor: "xen",
    ...(instanceProfileArn !== undefined && {
      iamInstanceProfile: { arn: instanceProfileArn, id: instanceProfileIdOf(instanceProfileArn) },
    }),
    ebsOptimized: false,
    enaSupport: true,
    enclaveOptions: { enabled: false },
    hibernationOptions: { configured: false },
    platformDetails: "Linux/UNIX",
    usageOperation: "RunInstances",
    metadataOptions: {
      state: "applied",
      httpTokens: instance.httpTokens,
      httpPutResponseHopLimit: 1,
      httpEndpoint: "enabled",
      httpProtocolIpv4: "enabled",
      httpProtocolIpv6: "disabled",
      instanceMetadataTags: instance.instanceMetadataTags ? "enabled" : "disabled",
    },
  };
}

function renderInterface(
  instance: Instance,
  { accountId, groupSet }: { accountId: string; groupSet: readonly unknown[] },
): Record<string, unknown> {
  const { privateIpAddress } = instance;
  return {
    networkInterfaceId: interfaceIdOf(instance),
    subnetId: instance.subnetId,
    vpcId: instance.vpcId,
    description: "",
    ownerId: accountId,
    status: "in-use",
    interfaceType: "interface",
    macAddress: macAddressOf(instance),
    privateIpAddress,
    privateDnsName: privateDnsName(instance),
    sourceDestCheck: true,
    groupSet,
    attachment: {
      attachmentId: `eni-attach-${instance.instanceId.slice(2)}`,
      deviceIndex: 0,
      networkCardIndex: 0,
      status: "attached",
      attachTime: new Date(instance.launchMs),
      deleteOnTermination: true,
    },
    privateIpAddressesSet: [{ primary: true, privateIpAddress, privateDnsName: privateDnsName(instance) }],
  };
}
