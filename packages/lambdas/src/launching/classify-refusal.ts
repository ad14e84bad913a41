import type { Refusal } from "@muster/pipeline";
import { isThrottled, isUnanswered } from "@muster/records";

const kinds = (refusal: Refusal, codes: readonly string[]) => codes.map((code) => [code, refusal] as const);

/**
 * What EC2's error codes mean for a launcher: another pool, another market or a later try may have capacity; a quota needs a person, but may free itself;
 * throttling passes; and configuration will be the same next time. Of the client errors that AWS lists, those are configuration that launching can meet and
 * that time does not mend. Left out, because AWS itself says that they may pass: `InvalidGroup.NotFound` and `InvalidAMIID.Unavailable` (not there yet),
 * `PendingVerification`, `RequestExpired`, and what is wrong with a signature or a token.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleetError.html whose codes are the same
 */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ...kinds("capacity", [
    "InsufficientInstanceCapacity",
    "InsufficientCapacity",
    "InsufficientCapacityOnHost",
    "InsufficientHostCapacity",
    "InsufficientReservedInstanceCapacity",
    "InsufficientReservedInstancesCapacity",
    "InsufficientAddressCapacity",
    "InsufficientFreeAddressesInSubnet",
    "InsufficientVolumeCapacity",
    "ReservationCapacityExceeded",
    "UnfulfillableCapacity",
    "SpotMaxPriceTooLow",
    // The type, or its volume, is not offered in that zone; another pool may do.
    "Unsupported",
    "UnsupportedOperation",
    "VolumeTypeNotAvailableInZone",
    // AWS does not list it. What a fleet says of such a zone; its text is that of `Unsupported`.
    "InvalidFleetConfiguration",
  ]),
  ...kinds("quota", [
    "VcpuLimitExceeded",
    "InstanceLimitExceeded",
    "MaxSpotInstanceCountExceeded",
    "MaxSpotFleetRequestCountExceeded",
    "SpotInstanceCountLimitExceeded",
    "VolumeLimitExceeded",
    "MaxIOPSLimitExceeded",
    "AddressLimitExceeded",
    "NetworkInterfaceLimitExceeded",
    "ResourceLimitExceeded",
  ]),
  ...kinds("throttling", [
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "EC2ThrottledException",
    "InternalError",
    "InternalFailure",
    "ServerInternal",
    "ServiceUnavailable",
    "Unavailable",
    "TimeoutError",
  ]),
  // Common client errors
  ...kinds("configuration", [
    "AuthFailure",
    "Blocked",
    "InvalidAction",
    "InvalidCharacter",
    "InvalidParameter",
    "InvalidParameterCombination",
    "InvalidParameterDependency",
    "InvalidParameterValue",
    "InvalidQueryParameter",
    "MalformedQueryString",
    "MissingAction",
    "MissingParameter",
    "OptInRequired",
    "UnauthorizedOperation",
    "UnknownParameter",
    "ValidationError",
  ]),
  // Client errors of actions: the launch template and what it names
  ...kinds("configuration", [
    "BootForVolumeTypeUnsupported",
    "CustomerKeyHasBeenRevoked",
    "EncryptedVolumesNotSupported",
    "InvalidAMIID.Malformed",
    "InvalidAMIID.NotFound",
    "InvalidAvailabilityZone",
    "InvalidBlockDeviceMapping",
    "InvalidGroupId.Malformed",
    "InvalidIamInstanceProfileArn.Malformed",
    "InvalidInput",
    "InvalidInstanceType",
    "InvalidKeyPair.NotFound",
    "InvalidLaunchTemplateId.Malformed",
    "InvalidLaunchTemplateId.NotFound",
    "InvalidLaunchTemplateId.VersionNotFound",
    "InvalidLaunchTemplateName.MalformedException",
    "InvalidLaunchTemplateName.NotFoundException",
    "InvalidManifest",
    "InvalidPlacementGroup.Unknown",
    "InvalidRequest",
    "InvalidSecurityGroupID.NotFound",
    "InvalidSecurityGroupId.Malformed",
    "InvalidSnapshot.NotFound",
    "InvalidSnapshotID.Malformed",
    "InvalidSubnet",
    "InvalidSubnetID.Malformed",
    "InvalidSubnetID.NotFound",
    "InvalidTagKey.Malformed",
    "InvalidZone.NotFound",
    "MissingInput",
    "OperationNotPermitted",
    "SecurityGroupsPerInstanceLimitExceeded",
    "SecurityGroupsPerInterfaceLimitExceeded",
    "TagLimitExceeded",
    "UnknownVolumeType",
    "UnsupportedTenancy",
    "VPCIdNotSpecified",
    "VPCResourceNotSpecified",
  ]),
]);

/** Of an error code that EC2 has answered, for a request or for a pool of a fleet. */
export function classifyRefusal(code: string): Refusal {
  return REFUSALS.get(code) ?? "unknown";
}

/** Of a call that failed. A client's mistake comes with a 4xx: under any other status the name is not what it seems. */
export function classifyFailure(error: Error): Refusal {
  const refusal = classifyRefusal(error.name);
  if (refusal !== "unknown" && (refusal !== "configuration" || !isUnanswered(error))) return refusal;
  return isThrottled(error) || isUnanswered(error) ? "throttling" : "unknown";
}
