import type { Refusal } from "@muster/pipeline";

/**
 * What EC2's error codes mean for a launcher: another pool or a later try may have capacity; a quota needs a person, but may free itself;
 * throttling passes; anything else will be the same next time.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  InsufficientInstanceCapacity: "capacity",
  InsufficientCapacity: "capacity",
  InsufficientHostCapacity: "capacity",
  InsufficientReservedInstanceCapacity: "capacity",
  InsufficientAddressCapacity: "capacity",
  InsufficientFreeAddressesInSubnet: "capacity",
  ReservationCapacityExceeded: "capacity",
  UnfulfillableCapacity: "capacity",
  SpotMaxPriceTooLow: "capacity",
  /** The type is not offered in that zone; another pool may do. */
  Unsupported: "capacity",
  UnsupportedOperation: "capacity",

  VcpuLimitExceeded: "quota",
  InstanceLimitExceeded: "quota",
  MaxSpotInstanceCountExceeded: "quota",
  MaxSpotFleetRequestCountExceeded: "quota",
  SpotInstanceCountLimitExceeded: "quota",
  VolumeLimitExceeded: "quota",
  MaxIOPSLimitExceeded: "quota",
  AddressLimitExceeded: "quota",
  NetworkInterfaceLimitExceeded: "quota",

  RequestLimitExceeded: "throttling",
  RequestThrottled: "throttling",
  RequestThrottledException: "throttling",
  Throttling: "throttling",
  ThrottlingException: "throttling",
  ThrottledException: "throttling",
  TooManyRequestsException: "throttling",
  SlowDown: "throttling",
  EC2ThrottledException: "throttling",
  InternalError: "throttling",
  InternalFailure: "throttling",
  ServerInternal: "throttling",
  ServiceUnavailable: "throttling",
  Unavailable: "throttling",
  TimeoutError: "throttling",
};

export function classifyRefusal(code: string): Refusal {
  return Object.hasOwn(REFUSALS, code) ? (REFUSALS[code] as Refusal) : "configuration";
}
