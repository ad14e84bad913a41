import { expect, test } from "vitest";
import { classifyFailure, classifyRefusal } from "./classify-refusal.ts";

test.each([
  ["InsufficientInstanceCapacity", "capacity"],
  ["Unsupported", "capacity"],
  ["VcpuLimitExceeded", "quota"],
  ["MaxSpotInstanceCountExceeded", "quota"],
  ["RequestLimitExceeded", "throttling"],
  ["InternalError", "throttling"],
  ["UnauthorizedOperation", "configuration"],
  ["InvalidLaunchTemplateName.NotFoundException", "configuration"],
  ["InvalidSubnetID.NotFound", "configuration"],
  ["InvalidFleetConfiguration", "capacity"],
  // AWS says itself that it may pass: a group that was made a moment ago.
  ["InvalidGroup.NotFound", "unknown"],
  ["SomethingNew", "unknown"],
  ["toString", "unknown"],
])("%s is a matter of %s", (code, refusal) => {
  expect(classifyRefusal(code)).toBe(refusal);
});

test("a client's mistake under a server's status is none, and lack of capacity is told by its name under any", () => {
  const failure = (name: string, httpStatusCode: number) =>
    Object.assign(new Error(name), { name, $fault: "client", $metadata: { httpStatusCode } });
  expect(classifyFailure(failure("UnauthorizedOperation", 403))).toBe("configuration");
  expect(classifyFailure(failure("UnauthorizedOperation", 503))).toBe("throttling");
  expect(classifyFailure(failure("InsufficientInstanceCapacity", 500))).toBe("capacity");
  expect(classifyFailure(failure("SomethingNew", 429))).toBe("throttling");
  expect(classifyFailure(failure("SomethingNew", 400))).toBe("unknown");
});
